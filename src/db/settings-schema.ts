/** The settings with which Usher was started last. */
export interface SettingSeenRow {
  /** Its variable. */
  setting: string;
  /** A hash of its value; of what may be a secret, only of whether it is set. */
  print: string;
}
