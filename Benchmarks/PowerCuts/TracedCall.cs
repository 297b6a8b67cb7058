namespace TimeSeries.Benchmarks.PowerCuts;

/// <summary>A call to the disk that a process made and that succeeded.</summary>
/// <param name="Time">When, in seconds since the Unix epoch.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Path">The file, or the directory of a flush.</param>
internal sealed record TracedCall(double Time, CallKind Kind, string Path)
{
    /// <summary>The name that a file is moved to.</summary>
    public string To { get; init; } = "";

    /// <summary>What was written.</summary>
    public byte[] Bytes { get; init; } = [];

    /// <summary>Where it was written, or the length that the file got or has room for.</summary>
    public long Offset { get; init; }
}

/// <summary>What a call does to a disk.</summary>
internal enum CallKind
{
    /// <summary>Makes a file if it is not there.</summary>
    Make,

    /// <summary>Makes a file if it is not there, and empties it if it is.</summary>
    MakeEmpty,
    Write,
    SetLength,
    Reserve,
    Flush,
    Move,
    Delete,
}
