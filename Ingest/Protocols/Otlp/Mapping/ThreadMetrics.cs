using System.Collections.Immutable;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>The metrics that count threads, in the order in which they are preferred: of several in one resource only the first counts.</summary>
internal static class ThreadMetrics
{
    /// <summary>The rank of what is no count of threads.</summary>
    public const int None = int.MaxValue;

    private const int PythonRank = 5;
    private const int FirstGoRank = 8;

    private static readonly ImmutableArray<(byte[] Name, int Rank)> _names =
    [
        ("process.thread.count"u8.ToArray(), 0), ("process.threads"u8.ToArray(), 1), ("jvm.thread.count"u8.ToArray(), 2),
        ("process.runtime.jvm.threads.count"u8.ToArray(), 3), ("jvm.threads.live"u8.ToArray(), 4), ("dotnet.thread_pool.thread.count"u8.ToArray(), 6),
        ("process.runtime.dotnet.thread_pool.threads.count"u8.ToArray(), 7), ("process.runtime.dotnet.thread_pool.thread.count"u8.ToArray(), 7),
        ("go.goroutine.count"u8.ToArray(), FirstGoRank), ("process.runtime.go.goroutines"u8.ToArray(), FirstGoRank + 1),
    ];

    private static ReadOnlySpan<byte> PythonStart => "process.runtime."u8;

    private static ReadOnlySpan<byte> PythonEnd => ".thread_count"u8;

    /// <summary>The rank of a metric, lower is better; <see cref="None"/> when it does not count threads.</summary>
    public static int RankOf(ReadOnlySpan<byte> name, bool areGoroutinesThreads)
    {
        foreach ((byte[] known, int rank) in _names)
        {
            if (name.SequenceEqual(known))
            {
                return rank < FirstGoRank || areGoroutinesThreads ? rank : None;
            }
        }

        bool isPython = name.StartsWith(PythonStart) && name.EndsWith(PythonEnd) && name.Length > PythonStart.Length + PythonEnd.Length
            && name[PythonStart.Length..^PythonEnd.Length].IndexOf((byte)'.') < 0;
        return isPython ? PythonRank : None;
    }
}
