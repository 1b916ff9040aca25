package dev.myelin.data;

import java.util.ArrayList;
import java.util.List;

/**
 * How people write the ten digits: for each a few variants, each of one or more strokes of the pen.
 *
 * <p>A stroke is a list of points that a smooth curve passes through, x to the right and y down, in
 * hundredths of the digit's height, the digit centred at (50, 50). After a point marked "!" the pen
 * changes direction sharply.
 */
final class DigitGlyphs {
  private static final String[][] VARIANTS = {
    {
      "52,2 33,9 22,34 22,66 34,91 52,98 70,90 79,64 78,32 66,8 50,3",
      "62,9 46,3 31,20 24,50 30,82 46,97 64,88 74,60 71,28 58,8 42,9",
      "45,8 29,18 21,47 27,80 48,97 70,84 78,50 70,18 53,6",
      "66,18 50,3 31,14 22,50 32,88 52,97 72,80 77,44 66,14 47,7 36,17",
    },
    {
      "50,2 50,35 50,66 50,98",
      "54,2 51,34 49,66 47,98",
      "31,25 42,16 53,2! 52,50 51,98",
      "33,22 44,13 53,3! 52,50 51,96 | 28,97 51,96 74,97",
    },
    {
      "24,25 33,7 53,2 71,12 72,32 54,59 23,94! 50,92 79,93",
      "23,22 38,4 61,4 73,21 65,45 42,71 26,88 18,86 24,76 38,78 56,91 81,90",
      "26,19 44,3 66,10 70,32 50,62 22,93! 42,86 60,95 80,88",
      "22,14 46,3 68,8 74,26 60,54 38,80 20,95! 48,96 76,92",
    },
    {
      "24,14 44,2 67,8 71,27 58,43 41,47! 64,52 76,70 68,91 45,98 22,87",
      "24,6 48,5 72,5! 60,22 46,40! 68,47 77,70 64,93 42,98 22,88",
      "25,17 45,3 67,13 66,33 50,45 39,46 50,46 70,57 74,78 56,97 25,89",
      "28,8 52,2 70,17 58,38 44,45! 66,49 74,68 60,90 40,98 24,97",
    },
    {
      "31,4 26,30 21,56! 50,54 79,52 | 65,10 63,54 61,98",
      "62,98 63,50 65,3! 42,34 18,66! 50,66 84,64",
      "28,8 24,36 34,54 50,54 66,46 | 70,5 66,50 62,98",
      "66,30 44,40 20,64! 52,67 82,63 | 69,12 66,50 64,98",
    },
    {
      "74,5 54,5 35,7! 32,26 29,44! 50,39 71,51 74,75 56,95 24,92",
      "37,7 33,26 30,45! 54,39 74,55 72,82 48,98 22,88 | 37,7 56,6 78,3",
      "73,7 45,8 33,25 43,42 64,53 70,74 54,95 24,92",
      "72,8 56,8 40,8! 35,28 31,44! 46,44 66,54 68,76 50,96 26,96",
    },
    {
      "66,4 44,20 29,47 24,74 37,95 60,96 74,78 66,60 46,57 28,71",
      "57,2 38,32 27,68 40,97 64,91 69,71 54,60 34,69 28,80",
      "72,10 54,5 34,28 24,61 33,91 55,98 72,84 68,63 49,55 29,68",
      "48,2 34,36 28,72 38,95 58,97 70,82 60,68 42,72 32,86",
    },
    {
      "22,8 49,7 77,6! 60,52 44,98",
      "22,8 50,7 78,7! 61,53 46,98 | 35,52 53,50 72,48",
      "24,23 23,8! 50,8 76,8! 58,46 48,98",
      "20,13 44,6 76,10! 60,44 51,98",
    },
    {
      "69,15 49,2 31,16 39,37 62,56 73,78 54,98 30,87 32,65 57,43 70,21 61,6",
      "50,46 30,34 32,10 50,2 68,10 70,34 50,46! 28,62 26,86 50,98 74,86 72,62 50,46",
      "71,11 47,4 34,20 44,42 65,62 66,87 46,98 28,84 36,60 59,38 72,13",
      "62,8 42,4 32,22 46,42 68,58 70,84 50,97 32,84 38,60 60,42 68,24 58,7",
    },
    {
      "70,24 54,4 34,10 26,32 40,49 60,42 71,21! 68,60 62,98",
      "70,28 54,4 32,12 26,37 46,51 66,40 72,22! 73,64 60,93 32,94",
      "68,12 45,4 27,21 32,45 54,48 70,30! 69,60 67,98",
      "66,16 48,5 32,18 34,40 52,43 67,28! 62,60 50,98",
    },
  };

  private static final Stroke[][][] STROKES = parseAll();

  private DigitGlyphs() {}

  /** How many ways there are to write this digit. */
  static int variants(int digit) {
    return STROKES[digit].length;
  }

  static Stroke[] strokes(int digit, int variant) {
    return STROKES[digit][variant];
  }

  private static Stroke[][][] parseAll() {
    Stroke[][][] parsed = new Stroke[VARIANTS.length][][];
    for (int digit = 0; digit < parsed.length; digit++) {
      parsed[digit] = new Stroke[VARIANTS[digit].length][];
      for (int variant = 0; variant < parsed[digit].length; variant++) {
        String[] strokes = VARIANTS[digit][variant].split(" \\| ", -1);
        parsed[digit][variant] = new Stroke[strokes.length];
        for (int i = 0; i < strokes.length; i++) {
          parsed[digit][variant][i] = parse(strokes[i]);
        }
      }
    }
    return parsed;
  }

  private static Stroke parse(String text) {
    List<String> points = new ArrayList<>();
    for (String point : text.split(" ", -1)) {
      String plain = point.replace("!", "");
      points.add(plain);
      if (point.length() > plain.length()) {
        points.add(plain);
      }
    }
    double[] x = new double[points.size()];
    double[] y = new double[points.size()];
    for (int i = 0; i < x.length; i++) {
      String[] coordinates = points.get(i).split(",", -1);
      x[i] = Integer.parseInt(coordinates[0]) / 100.0;
      y[i] = Integer.parseInt(coordinates[1]) / 100.0;
    }
    return new Stroke(x, y);
  }
}
