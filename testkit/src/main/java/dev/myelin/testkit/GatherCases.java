package dev.myelin.testkit;

import dev.myelin.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** gatherRows and selectRow. */
final class GatherCases {
  private final Suite suite;

  private GatherCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    GatherCases cases = new GatherCases(suite);
    return Stream.concat(
        Sizes.matrices(suite).stream()
            .filter(size -> size.rows() > 0)
            .flatMap(
                size ->
                    Stream.of(
                        cases.gather(size, size.rows(), 0),
                        cases.gather(size, (size.rows() + 1) / 2, size.rows() / 2),
                        cases.gatherInts(size),
                        cases.select(size))),
        Stream.of(cases.gatherNothing(), cases.gatherLabels(), cases.gatherRowsOfRank3()));
  }

  private DynamicTest gather(Sizes.Matrix size, int batch, int start) {
    long seed = (long) size.elements() + batch;
    return suite.test(
        "gatherRows of " + size + ", " + batch + " from " + start + " on, seed " + seed,
        fixture -> {
          int columns = size.columns();
          float[] source = Values.spreadIfOdd(seed, size.elements());
          int[] indices = Values.ints(seed, start + batch, size.rows());
          float[] expected = new float[batch * columns];
          for (int i = 0; i < batch; i++) {
            System.arraycopy(source, indices[start + i] * columns, expected, i * columns, columns);
          }
          Tensor out = fixture.out("out", batch, columns);
          fixture
              .ops()
              .gatherRows(
                  fixture.in("source", source, size.rows(), columns),
                  fixture.in("indices", indices, indices.length),
                  fixture.in("start", new int[] {start}, 1),
                  out);
          fixture.expect(out, () -> Expected.exactly(expected));
        });
  }

  private DynamicTest gatherInts(Sizes.Matrix size) {
    return suite.test(
        "gatherRows of I32 " + size + ", the rows backwards",
        fixture -> {
          int rows = size.rows();
          int columns = size.columns();
          int[] source = Values.ints(3, size.elements(), Integer.MAX_VALUE);
          int[] backwards = new int[rows];
          int[] expected = new int[rows * columns];
          for (int i = 0; i < rows; i++) {
            backwards[i] = rows - 1 - i;
            System.arraycopy(source, backwards[i] * columns, expected, i * columns, columns);
          }
          Tensor out = fixture.outInts("out", rows, columns);
          fixture
              .ops()
              .gatherRows(
                  fixture.in("source", source, rows, columns),
                  fixture.in("indices", backwards, rows),
                  fixture.in("start", new int[1], 1),
                  out);
          fixture.expect(out, expected);
        });
  }

  private DynamicTest gatherNothing() {
    return suite.test(
        "gatherRows of an empty batch, at the end of the indices",
        fixture -> {
          Tensor source = fixture.in("source", new float[] {1, 2}, 1, 2);
          Tensor start = fixture.in("start", new int[] {3}, 1);
          Tensor out = fixture.out("out", 0, 2);
          fixture.ops().gatherRows(source, fixture.in("indices", new int[3], 3), start, out);
        });
  }

  private DynamicTest gatherLabels() {
    return suite.test(
        "gatherRows of a vector of labels gives a vector",
        fixture -> {
          Tensor labels = fixture.in("labels", new int[] {10, 11, 12, 13}, 4);
          Tensor indices = fixture.in("indices", new int[] {0, 3, 3, 1, 2}, 5);
          Tensor out = fixture.outInts("out", 3);
          fixture.ops().gatherRows(labels, indices, fixture.in("start", new int[] {2}, 1), out);
          fixture.expect(out, 13, 11, 12);
        });
  }

  private DynamicTest gatherRowsOfRank3() {
    return suite.test(
        "gatherRows of images [samples, height, width]",
        fixture -> {
          Tensor images = fixture.in("images", new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
          Tensor out = fixture.out("out", 1, 2, 2);
          Tensor indices = fixture.in("indices", new int[] {1}, 1);
          fixture.ops().gatherRows(images, indices, fixture.in("start", new int[1], 1), out);
          fixture.expect(out, () -> Expected.exactly(5, 6, 7, 8));
        });
  }

  private DynamicTest select(Sizes.Matrix size) {
    return suite.test(
        "selectRow of " + size + ": the first and the last",
        fixture -> {
          float[] values = Values.spreadIfOdd(size.elements(), size.elements());
          Tensor table = fixture.in("table", values, size.rows(), size.columns());
          for (int row : new int[] {0, size.rows() - 1}) {
            Tensor out = fixture.out("out", size.columns());
            fixture.ops().selectRow(table, fixture.in("row", new int[] {row}, 1), out);
            fixture.expectSameBits(out, table.rows(row, 1));
          }
        });
  }
}
