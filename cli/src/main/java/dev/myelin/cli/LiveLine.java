package dev.myelin.cli;

/** A line on the terminal that says what is being done, rewrites itself, and leaves nothing. */
final class LiveLine {
  private static final String ERASE_TO_END = "\u001b[K";

  private final Screen screen;
  private boolean isDrawn;

  LiveLine(Screen screen) {
    this.screen = screen;
  }

  /** Replaces what stands there; does nothing where nobody watches. */
  void show(String text) {
    if (!screen.errIsTerminal()) {
      return;
    }
    // The last column stays free: some terminals wrap as soon as it is written.
    int most = screen.columns() - 1;
    String shown = text.length() > most ? text.substring(0, most) : text;
    screen.err().print("\r" + shown + ERASE_TO_END);
    screen.err().flush();
    isDrawn = true;
  }

  void erase() {
    if (isDrawn) {
      screen.err().print("\r" + ERASE_TO_END);
      screen.err().flush();
      isDrawn = false;
    }
  }
}
