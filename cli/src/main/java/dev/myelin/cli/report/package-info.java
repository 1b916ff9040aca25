/**
 * What a training came to, as one HTML page: {@link dev.myelin.cli.report.Page} holds figures, each
 * a function from data to markup. Nothing here knows networks or devices. Widths and heights are in
 * CSS pixels, as on a phone; wider screens show the same larger.
 */
package dev.myelin.cli.report;
