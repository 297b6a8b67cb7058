namespace TimeSeries.Core.Aggregate;

/// <summary>A decoded rollup: one row per key and bucket. Immutable; safe to share between threads and to cache.</summary>
public sealed class Rollup
{
    private Rollup()
    {
    }

    /// <summary>Memory held, for a cache's bound.</summary>
    public long AllocatedBytes => throw new NotImplementedException();

    /// <summary>Decodes a section.</summary>
    /// <exception cref="InvalidDataException">The bytes are no whole rollup of a known format.</exception>
    public static Rollup Read(ReadOnlySpan<byte> bytes) => throw new NotImplementedException();
}
