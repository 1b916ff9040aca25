/** Trained networks as files. */
package dev.myelin.model;
