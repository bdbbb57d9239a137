/** The turns that became part of another one are found from there, for the files that came with them. */
export const migration013 = /* sql */ `
CREATE INDEX turns_merged ON turns (merged_into) WHERE merged_into IS NOT NULL;
`;
