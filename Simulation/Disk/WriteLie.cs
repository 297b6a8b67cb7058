namespace TimeSeries.Simulation.Disk;

/// <summary>A write that the disk says it made, though its bytes come elsewhere or nowhere.</summary>
/// <param name="skip">How many writes come before it.</param>
/// <param name="shift">How far from its place the bytes come; 0 when they come nowhere.</param>
/// <param name="met">Told of the write: its file, its offset and how many bytes it has.</param>
public sealed class WriteLie(int skip, long shift, Action<string, long, int> met)
{
    private int _skip = skip;

    /// <summary>How far from their place the bytes come.</summary>
    public long Shift => shift;

    /// <summary>Whether the bytes come nowhere.</summary>
    public bool IsLost => shift == 0;

    /// <summary>Told of the write.</summary>
    public Action<string, long, int> Met => met;

    /// <summary>Whether this write is the one; called for each.</summary>
    internal bool IsMet() => _skip-- <= 0;
}
