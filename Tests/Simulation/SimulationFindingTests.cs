using NUnit.Framework;
using TimeSeries.Simulation.Node;
using TimeSeries.Simulation.Plans;
using TimeSeries.Simulation.Running;

namespace TimeSeries.Tests.Simulation;

/// <summary>What the simulation has found in the product, as the steps that were left when everything was left out that was not needed.</summary>
internal sealed class SimulationFindingTests
{
    [Test]
    public void A_damaged_block_of_alerts_stops_no_push() => Holds(
        new NodeSettings { HeadRows = 12, SegmentBytes = 4_096, ExceptionRetention = TimeSpan.FromHours(2), HasApart = true },
        "Push:1461a6d5 Push:1873e2d3 Commit:6bab5891 Push:26d2049a Seal:32c06991 Push:4a00ade1 LatePush:7612c2d9 Push:24a5ec34 Push:13102335 "
            + "LostWrite:6547b55b Restart:6c17372a Push:ddc3f58");

    [Test]
    public void What_a_failed_flush_left_in_memory_is_written_again_by_the_next_process() => Holds(
        new NodeSettings { HeadRows = 150, SegmentBytes = 8_192, HasApart = true, MaxBlockRows = 100 },
        "Push:1b2ba990 Commit:67a04f88 FailedFlush:13ecab7f Kill:795c6cb Push:48679ddb Commit:2b3f155e Push:62378d1f Commit:2ac35f9d");

    [Test]
    public void A_segment_whose_deletion_a_power_cut_undid_is_no_damage() => Holds(
        new NodeSettings
        {
            HeadRows = 12,
            SegmentBytes = 8_192,
            ExceptionRetention = TimeSpan.FromHours(2),
            QuarantinesDamaged = true,
            HasApart = true,
            MaxBlockRows = 100,
        },
        "Push:3a81143 Restart:7c2eff51 Probe:5e2bc613 PowerCut:11d8de87 PowerCut:383ffc5 Push:2b2067ed Commit:7c8a4b0c Seal:6f3e66ca Push:6123968d "
            + "Seal:55145ba6 Commit:7c4d403c LatePush:55fa78e5 Checkpoint:3faa8b92 PowerCut:564fecb3 Commit:11734ef8");

    [Test]
    public void Records_at_the_end_of_the_log_that_can_not_be_read_are_not_written_over() => Holds(
        new NodeSettings { HeadRows = 150, SegmentBytes = 4_096, ExceptionRetention = TimeSpan.FromHours(2), QuarantinesDamaged = true, MaxBlockRows = 100 },
        "LatePush:2c6db4a7 Commit:2e5ad3b3 Kill:47e8aff6 Restart:3230633");

    [Test]
    public void A_segment_whose_file_is_used_again_and_whose_name_a_power_cut_brings_back_is_no_damage() => Holds(
        new NodeSettings
        {
            HeadRows = 40,
            WalBytes = 24_576,
            SegmentBytes = 4_096,
            QuarantinesDamaged = true,
            MaxBlockRows = 100,
            HasRules = true,
        },
        "Rules:181103da Commit:3732dcec Push:27b6f303 Push:4c3895ad LatePush:69267ac8 Push:21308c5c Restart:1f4288ef PowerCut:25443b05 Probe:56202278 "
            + "Seal:3bb4b638 LatePush:265556d7 Checkpoint:156d776 PowerCut:71452e24 Commit:73047d06");

    [Test]
    public void A_segment_that_an_earlier_checkpoint_forgot_and_a_power_cut_brings_back_is_no_damage() => Holds(
        new NodeSettings { HeadRows = 12, SegmentBytes = 8_192, QuarantinesDamaged = true, HasRules = true },
        "Push:34dfe0ab Push:7d397bba Restart:12f92e4e Rules:3a67881a LatePush:69cdeb61 Commit:765bc3bf Rules:315851e7 Restart:392d47ed "
            + "Rules:11050125 Rules:34865dd3 Rules:3e869f99 Rules:5cfd8b60 Push:3f695971 Commit:b3a0c81 Rules:d217bf4 Checkpoint:55b0ad53 Seal:55fd1129 "
            + "Commit:21df9473 Rules:24045a5b Checkpoint:4b91b747 Rules:4bc9ab9e Rules:1ae749e0 PowerCut:36a988c6 Rules:9379b1b");

    [Test]
    public void What_ends_soon_after_the_clock_was_set_back_is_told_to_a_receiver_that_was_known_before() => Holds(
        new NodeSettings { HeadRows = 150, SegmentBytes = 8_192, QuarantinesDamaged = true, HasRules = true },
        "Rules:67411972 PowerCut:19545f1a ClockBack:3bc4b704 Push:6c48431f Rules:18112fb5 Rules:5dc82b05");

    [Test]
    public void A_block_whose_footer_the_disk_does_not_read_for_a_moment_stays_where_it_is() => Holds(
        new NodeSettings
        {
            HeadRows = 12,
            SegmentBytes = 4_096,
            ExceptionRetention = TimeSpan.FromHours(2),
            QuarantinesDamaged = true,
            HasApart = true,
            HasRules = true,
        },
        "Rules:3fff28e6 Push:3f0fb237 Restart:32c6483f ShortRead:6ea0df3e Scrub:56701224");

    [Test]
    public void What_was_told_as_lost_is_no_duplicate_when_the_log_can_be_read_again() => Holds(
        new NodeSettings { HeadRows = 12, SegmentBytes = 8_192, ExceptionRetention = TimeSpan.FromHours(2), HasRules = true },
        "Push:55ebb0ef LostWrite:676880b2 Probe:3cef3e93 Rules:4b58ba7f Advance:42885473 Restart:3fcb4cfa Push:601b3865 Push:6e53e835 Rules:205c41a3 "
            + "Restart:5f8f361f Retry:3dfe82db");

    private static void Holds(NodeSettings settings, string steps) => Assert.That(new SimulationRun(SimulationPlan.Parse(settings, steps)).Run(), Is.Null);
}
