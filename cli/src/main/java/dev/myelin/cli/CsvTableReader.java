package dev.myelin.cli;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.myelin.data.InvalidDataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Reads one CSV file record by record: numbers are parsed as they come, so that of the text only
 * the target's cells are kept.
 */
final class CsvTableReader {
  /** Rows that decide whether the first one is a header. */
  private static final int HEADER_SAMPLE_ROWS = 100;

  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final Path file;
  private final CsvHeader header;
  private final CsvColumns columns;
  private final int[] featureColumns;
  private final long firstLine;
  private float[] features = new float[1024];
  private int[] lines = new int[64];
  private final List<String> targetCells = new ArrayList<>();
  private int rows;

  private CsvTableReader(CsvHeader header, CsvColumns columns, long firstLine) {
    this.file = header.file();
    this.header = header;
    this.columns = columns;
    this.featureColumns = columns.features().stream().mapToInt(Integer::intValue).toArray();
    this.firstLine = firstLine;
  }

  /**
   * Reads the file.
   *
   * @param featureNames of the model that the file is read for; empty if there is none, or it knows
   *     no names
   * @param choose the columns to read, given the header
   * @throws InvalidDataException naming line and column of what cannot be used
   */
  static CsvTable read(
      Path file, List<String> featureNames, Function<CsvHeader, CsvColumns> choose) {
    char delimiter = CsvDialect.delimiter(file);
    try (CsvReader<CsvRecord> csv =
            CsvReader.builder()
                .fieldSeparator(delimiter)
                .acceptCharsAfterQuotes(false)
                .ofCsvRecord(CsvDialect.open(file));
        CloseableIterator<CsvRecord> records = csv.iterator()) {
      return read(file, records, featureNames, choose);
    } catch (CsvParseException cause) {
      String reason = cause.getCause() == null ? "" : ": " + cause.getCause().getMessage();
      throw new InvalidDataException(file + ": " + cause.getMessage() + reason, cause);
    } catch (UncheckedIOException cause) {
      throw CsvDialect.unreadable(file, cause.getCause());
    } catch (IOException cause) {
      throw CsvDialect.unreadable(file, cause);
    }
  }

  private static CsvTable read(
      Path file,
      CloseableIterator<CsvRecord> records,
      List<String> featureNames,
      Function<CsvHeader, CsvColumns> choose) {
    List<CsvRecord> sample = new ArrayList<>();
    while (sample.size() < HEADER_SAMPLE_ROWS && records.hasNext()) {
      sample.add(records.next());
    }
    if (sample.isEmpty()) {
      throw new InvalidDataException(file + ": is empty; expected rows of numbers");
    }
    List<List<String>> rows = sample.stream().map(CsvTableReader::trim).toList();
    CsvHeader header = CsvHeader.detect(file, rows, featureNames);
    CsvTableReader reader =
        new CsvTableReader(header, choose.apply(header), sample.get(0).getStartingLineNumber());
    sample.subList(header.isPresent() ? 1 : 0, sample.size()).forEach(reader::add);
    while (records.hasNext()) {
      reader.add(records.next());
    }
    return reader.finish();
  }

  private static List<String> trim(CsvRecord row) {
    return row.getFields().stream().map(String::strip).toList();
  }

  private void add(CsvRecord row) {
    long line = row.getStartingLineNumber();
    if (row.getFieldCount() != header.columns()) {
      throw new InvalidDataException(
          "%s, line %s: %s cells, but %s in line %s; give every row the same number of cells"
              .formatted(file, line, row.getFieldCount(), header.columns(), firstLine));
    }
    refuseLineBreaks(row);
    makeRoom();
    int at = rows * featureColumns.length;
    for (int column : featureColumns) {
      String cell = row.getField(column).strip();
      float value = CsvNumber.parse(cell);
      if (!Float.isFinite(value)) {
        throw badFeature(line, column, cell);
      }
      features[at++] = value;
    }
    if (columns.hasTarget()) {
      targetCells.add(row.getField(columns.target()).strip());
    }
    lines[rows++] = (int) line;
  }

  /** A quote that is never closed would swallow the rows that follow, without a word. */
  private void refuseLineBreaks(CsvRecord row) {
    for (int column = 0; column < header.columns(); column++) {
      String cell = row.getField(column);
      if (cell.indexOf('\n') >= 0 || cell.indexOf('\r') >= 0) {
        throw CsvTable.bad(
            header,
            row.getStartingLineNumber(),
            column,
            CsvNumber.quoted(cell) + " goes over several lines; close the quote it begins with");
      }
    }
  }

  private InvalidDataException badFeature(long line, int column, String cell) {
    String remedy =
        CsvNumber.isText(cell) && !CsvNumber.hasDecimalComma(cell)
            ? "; replace the words of this column by numbers, remove it, or name it as the target"
            : "";
    return CsvTable.bad(header, line, column, CsvNumber.problem(cell) + remedy);
  }

  private void makeRoom() {
    long needed = (rows + 1L) * featureColumns.length;
    if (needed > LARGEST_ARRAY) {
      throw new InvalidDataException(
          "%s: more than %s values in %s rows of %s; give fewer rows"
              .formatted(file, LARGEST_ARRAY, rows + 1L, featureColumns.length));
    }
    if (needed > features.length) {
      features = Arrays.copyOf(features, (int) Math.min(LARGEST_ARRAY, 2 * needed));
    }
    if (rows == lines.length) {
      lines = Arrays.copyOf(lines, 2 * rows);
    }
  }

  private CsvTable finish() {
    if (rows == 0) {
      throw new InvalidDataException(file + ": has a header but no rows of data");
    }
    return new CsvTable(
        columns,
        Arrays.copyOf(features, rows * featureColumns.length),
        List.copyOf(targetCells),
        Arrays.copyOf(lines, rows));
  }
}
