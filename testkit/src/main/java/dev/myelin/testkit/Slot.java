package dev.myelin.testkit;

import dev.myelin.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a tensor of a valid call looks like, and which other shapes would do as well.
 *
 * @param fit what the operation asks of the shape
 * @param shape one that is right
 * @param freeAxes the axes on whose length no other tensor of the call depends
 */
record Slot(String name, DType type, Fit fit, List<Integer> shape, Set<Integer> freeAxes) {
  /** What an operation asks of a shape. */
  enum Fit {
    /** This many axes. */
    AXES,
    /** Rows of so many elements, of any number of axes. */
    ROWS,
    /** So many elements, in any shape. */
    ELEMENTS
  }

  Slot {
    if (fit == Fit.ELEMENTS && shape.size() != 1) {
      throw new IllegalArgumentException(name + ": give the number of elements, not " + shape);
    }
  }

  /** The same, but {@code axis} may have any length. */
  Slot free(int axis) {
    return new Slot(name, type, fit, shape, Set.of(axis));
  }

  int elements() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  int[] dimensions() {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  boolean isOneOf(Set<String> names) {
    return names.contains(name);
  }

  /** Longer and shorter along each axis that is not free, and of other ranks. */
  List<int[]> wrongShapes() {
    List<int[]> wrong = new ArrayList<>(resized(false));
    if (fit != Fit.ELEMENTS) {
      wrong.add(new int[0]);
      if (shape.size() > 1) {
        wrong.add(new int[] {elements()});
      }
    }
    if (fit == Fit.AXES) {
      wrong.add(withLastAxis());
      wrong.add(IntStream.concat(IntStream.of(1), Arrays.stream(dimensions())).toArray());
    }
    return wrong;
  }

  /** Longer and shorter along free axes, and of other ranks where the rank does not matter. */
  List<int[]> otherRightShapes() {
    List<int[]> right = new ArrayList<>(resized(true));
    if (fit != Fit.AXES) {
      right.add(withLastAxis());
    }
    return right;
  }

  private List<int[]> resized(boolean free) {
    List<int[]> shapes = new ArrayList<>();
    for (int axis = 0; axis < shape.size(); axis++) {
      for (int change : new int[] {1, -1}) {
        if (freeAxes.contains(axis) == free) {
          int[] resized = dimensions();
          resized[axis] += change;
          shapes.add(resized);
        }
      }
    }
    return shapes;
  }

  private int[] withLastAxis() {
    int[] longer = Arrays.copyOf(dimensions(), shape.size() + 1);
    longer[shape.size()] = 1;
    return longer;
  }
}
