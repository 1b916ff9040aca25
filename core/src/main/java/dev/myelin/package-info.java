/**
 * The boundary between what is computed and where: tensors, operations, backends. Core owns shapes,
 * a backend owns bytes.
 */
package dev.myelin;
