/**
 * The conformance suite that every backend passes, and the float64 reference that it compares with.
 *
 * <p>A backend's module extends {@link dev.myelin.testkit.BackendConformance} in its tests and
 * names its device; nothing else is needed.
 */
package dev.myelin.testkit;
