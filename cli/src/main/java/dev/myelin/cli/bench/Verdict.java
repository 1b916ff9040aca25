package dev.myelin.cli.bench;

/** How one contender did against another. */
public enum Verdict {
  FASTER("faster"),
  SLOWER("slower"),
  /** Luck, load, or where code and data happen to lie may have made all of the difference. */
  NOT_TOLD_APART("no difference that can be told from noise");

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
