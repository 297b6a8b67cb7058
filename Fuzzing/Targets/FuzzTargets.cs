using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Simulation.Planted;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>The targets by name.</summary>
internal static class FuzzTargets
{
    /// <summary>The target that the checker itself is checked with. It is none of all.</summary>
    public const string Planted = "planted";

    private static readonly Dictionary<string, Func<IFuzzTarget>> _targets = new(StringComparer.Ordinal)
    {
        ["msgpack"] = () => new NativeTarget(BodyFormat.MessagePack),
        ["json"] = () => new NativeTarget(BodyFormat.Json),
        ["otlp-protobuf"] = () => new OtlpTarget(isJson: false),
        ["otlp-json"] = () => new OtlpTarget(isJson: true),
        ["lines"] = () => new LinesTarget(),
        ["wal"] = () => new WalTarget(),
        ["block"] = () => new BlockTarget(),
        ["query"] = () => new QueryTarget(),
        ["rules"] = () => new RulesTarget(),
        [Planted] = () => new PlantedTarget(),
    };

    /// <summary>The names of all targets but the planted one.</summary>
    public static IReadOnlyList<string> All { get; } = [.. _targets.Keys.Where(name => name != Planted)];

    /// <summary>How many shares of the time a target gets: more where an input takes milliseconds, or has much to reach.</summary>
    public static int SharesOf(string name) => name switch { "wal" or "block" => 3, "query" => 2, _ => 1 };

    /// <summary>Whether there is a target of that name.</summary>
    public static bool Has(string name) => _targets.ContainsKey(name);

    /// <summary>Makes a target.</summary>
    public static IFuzzTarget Make(string name) => _targets[name]();
}

/// <summary>A fault that is there on purpose: what the checker itself is checked with.</summary>
internal sealed class PlantedTarget : IFuzzTarget
{
    public int MaxBytes => 64;

    public IEnumerable<byte[]> Seeds => [new byte[16]];

    public IEnumerable<byte[]> Words => [];

    public void Run(ReadOnlySpan<byte> input) => OracleException.Require(!NestedComparisons.Fails(input), "The planted fault.");
}
