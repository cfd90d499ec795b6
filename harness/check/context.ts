/** What checks of one case share; each thing is made when first asked for. */
export interface CaseContext {
  readonly every: boolean;
}
