package dev.myelin.nn;

/** A checkpoint is of a run with other data, another network or other options; nothing was done. */
public final class CheckpointMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckpointMismatchException(String store, String differences) {
    super(
        String.format(
            "the checkpoints in %s are of another run: %s. Resume with the same data and options, or"
                + " begin anew in another folder",
            store, differences));
  }
}
