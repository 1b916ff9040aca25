/*
 * y[i] = f(z[i]); dZ[i] = dY[i] f'(z[i]).
 *
 * Layout: dense tensors of any shape, read as one row.
 * Work: one element per item; all items take the same branch of the function's switch.
 * Source: activation.h.
 */
#include "activation.h"

KERNEL activate(INDEX count, int function, float parameter, GLOBAL const float* z, INDEX zStart,
    GLOBAL float* y, INDEX yStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) y[yStart + i] = activation(function, parameter, z[zStart + i]);
}

/* read is z or y, whichever the derivative is computed from; dY for IDENTITY, which reads nothing. */
KERNEL activationGradient(INDEX count, int function, float parameter, GLOBAL const float* read,
    INDEX readStart, GLOBAL const float* dY, INDEX dYStart, GLOBAL float* dZ, INDEX dZStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) {
    float derivative = activation_derivative(function, parameter, read[readStart + i]);
    dZ[dZStart + i] = dY[dYStart + i] * derivative;
  }
}
