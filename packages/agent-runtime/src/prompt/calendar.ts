import type { Logger } from "@openclaw/gateway-core/ports";

const MAX_ZONES = 50;

interface Zone {
  readonly timeZone: string;
  readonly format: Intl.DateTimeFormat;
}

/** Says what day it is somewhere. Date formats are costly to make, so those of the zones in use are kept. */
export class Calendar {
  readonly #log: Logger;
  readonly #zones = new Map<string, Zone>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * The day at `now` (epoch milliseconds) as "Tuesday, 2026-11-24", in an IANA time zone; in the host's when none is
   * given or the given one does not exist.
   */
  day(now: number, timeZone = ""): { readonly day: string; readonly timeZone: string } {
    const zone = this.#zones.get(timeZone) ?? this.#add(timeZone);
    // Put together here, because ready-made formats differ between versions of the language data.
    const parts = new Map(zone.format.formatToParts(now).map(({ type, value }) => [type, value]));
    const day = `${parts.get("weekday")}, ${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
    return { day, timeZone: zone.timeZone };
  }

  #add(asked: string): Zone {
    const format = this.#format(asked);
    const zone = { timeZone: format.resolvedOptions().timeZone, format };
    this.#zones.set(asked, zone);
    const [oldest] = this.#zones.keys();
    if (this.#zones.size > MAX_ZONES && oldest !== undefined) this.#zones.delete(oldest);
    return zone;
  }

  #format(asked: string): Intl.DateTimeFormat {
    const options = { weekday: "long", year: "numeric", month: "2-digit", day: "2-digit" } as const;
    if (asked === "") return new Intl.DateTimeFormat("en-US", options);
    try {
      return new Intl.DateTimeFormat("en-US", { ...options, timeZone: asked });
    } catch {
      this.#log.warn("userTimezone is not an IANA time zone; the host's is used", { userTimezone: asked });
      return new Intl.DateTimeFormat("en-US", options);
    }
  }
}
