/** Programs of a few lines that a reader may copy. What each prints is compared by a test. */
package dev.myelin.examples;
