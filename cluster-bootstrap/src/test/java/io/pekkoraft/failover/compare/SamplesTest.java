package io.pekkoraft.failover.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTest {

  @Test
  void quantiles_are_durations_that_were_measured() {
    Samples samples = new Samples();
    for (int i = 100; i >= 1; i--) {
      samples.add(i);
    }
    assertThat(samples.quantileNanos(0.5)).isEqualTo(50);
    assertThat(samples.quantileNanos(0.99)).isEqualTo(99);
    assertThat(samples.quantileNanos(Double.MIN_VALUE)).isEqualTo(1);
    assertThat(samples.quantileNanos(1)).isEqualTo(100);
  }

  @Test
  void of_few_samples_the_99th_percentile_is_the_worst() {
    Samples samples = new Samples();
    samples.add(7);
    samples.add(5);
    assertThat(samples.quantileNanos(0.99)).isEqualTo(7);
    assertThat(samples.quantileNanos(0.5)).isEqualTo(5);
  }
}
