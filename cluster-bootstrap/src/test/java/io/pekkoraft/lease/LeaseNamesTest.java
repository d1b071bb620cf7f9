package io.pekkoraft.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.coordination.CoordinationLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseNamesTest {
  @Test
  void a_name_as_pekko_makes_them_stays_readable() {
    assertThat(LeaseNames.inGroup("shop-singleton-pekko://shop/system/singletonManagercart"))
        .isEqualTo("lease/shop-singleton-pekko://shop/system/singletonManagercart");
  }

  @Test
  void any_name_has_one_that_the_group_takes_and_no_two_have_the_same() {
    String longest = "x".repeat(CoordinationLimits.MAX_NAME_CHARACTERS - "lease/".length());
    List<String> names =
        List.of(
            "a b",
            "a%20b",
            "a~b",
            "a%7eb",
            "ä",
            "%c3%a4",
            "ÿ",
            "\u0000",
            "",
            "~",
            longest,
            longest + "x",
            longest + "y",
            "ä".repeat(300),
            LeaseNames.inGroup(longest + "x"));
    assertThat(names.stream().map(LeaseNames::inGroup))
        .allMatch(CoordinationLimits::isName)
        .doesNotHaveDuplicates();
  }
}
