/**
 * Multilayer perceptrons and their training, written once against {@link dev.myelin.Ops}: nothing
 * in here knows which backend it runs on.
 */
package dev.myelin.nn;
