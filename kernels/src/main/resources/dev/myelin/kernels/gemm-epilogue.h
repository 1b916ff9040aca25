/*
 * What happens to a finished element of a matrix product before it leaves the work item:
 *
 *   NO_EPILOGUE          out = product
 *   FORWARD              z = product + bias[column]; out = z and y = f(z), or out = f(z) alone
 *   INPUT_GRADIENT       out = product f'(read), read being z or y as the function's derivative asks
 *   ROW_SUMS             out = product and y[i] = the sum of row i of op(a): with a weight's gradient
 *                        dZ^T x comes the bias' gradient; what a kernel does with it, it says itself
 *
 * Work: an item finishes the elements it has itself written to out, one by one, in a loop that is
 * not unrolled: the elements are still in the nearest cache, and code for a function stands once.
 */
#ifndef MYELIN_GEMM_EPILOGUE_H
#define MYELIN_GEMM_EPILOGUE_H
#include "activation.h"

#define NO_EPILOGUE 0
#define FORWARD 1
#define INPUT_GRADIENT 2
#define ROW_SUMS 3

/* The arguments of an epilogue: operand is the bias or what the derivative reads; y may be out. */
#define EPILOGUE_PARAMETERS \
  int epilogue, int function, float parameter, int hasBias, GLOBAL const float* operand, \
      INDEX operandStart, int separateY, GLOBAL float* y, INDEX yStart
#define EPILOGUE_ARGUMENTS \
  epilogue, function, parameter, hasBias, operand + operandStart, separateY, y + yStart

/* Finishes columns [firstColumn, endColumn) of one row, step by step. */
FUNCTION void finish_row(int epilogue, int function, float parameter, int hasBias,
    GLOBAL const float* operand, int separateY, GLOBAL float* y, GLOBAL float* out, INDEX row,
    int columns, int firstColumn, int endColumn, int step) {
  for (int column = firstColumn; column < endColumn; column += step) {
    INDEX i = row * columns + column;
    if (epilogue == INPUT_GRADIENT) {
      out[i] *= activation_derivative(function, parameter, operand[i]);
      continue;
    }
    float z = hasBias ? out[i] + operand[column] : out[i];
    float result = activation(function, parameter, z);
    if (separateY) {
      out[i] = z;
      y[i] = result;
    } else {
      out[i] = result;
    }
  }
}

#endif
