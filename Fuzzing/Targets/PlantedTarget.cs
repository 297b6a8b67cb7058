using TimeSeries.Simulation.Planted;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>A fault that is there on purpose: what the checker itself is checked with.</summary>
internal sealed class PlantedTarget : IFuzzTarget
{
    public int MaxBytes => 64;

    public IEnumerable<byte[]> Seeds => [new byte[16]];

    public IEnumerable<byte[]> Words => [];

    public void Run(ReadOnlySpan<byte> input) => OracleException.Require(!NestedComparisons.Fails(input), "The planted fault.");
}
