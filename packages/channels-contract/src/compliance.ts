export { describeChannelCompliance } from "./compliance/suite.ts";
export {
  RecordingHost,
  RecordingStorage,
  type LogLine,
  type RecordingHostOptions,
} from "./compliance/recording-host.ts";
export type {
  ComplianceSetup,
  ComplianceSubject,
  DeliveredMessage,
  PayloadSamples,
  PlatformDouble,
  SendFailure,
  VisibleMessage,
} from "./compliance/subject.ts";
