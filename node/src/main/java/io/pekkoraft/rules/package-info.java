/**
 * The decisions of the protocol (Raft, Figure 2, "Receiver implementation" and "Rules for
 * Servers"): pure, named, each answering with a verdict that is logged, counted and tested. Start
 * with {@link io.pekkoraft.rules.VoteRule}.
 */
@NullMarked
package io.pekkoraft.rules;

import org.jspecify.annotations.NullMarked;
