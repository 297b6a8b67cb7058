namespace TimeSeries.Simulation.Running;

/// <summary>A hash of everything that a run does, in order (FNV-1a): two runs of a plan have the same.</summary>
internal sealed class TraceHash
{
    private const ulong Prime = 0x100000001B3;

    /// <summary>The hash so far.</summary>
    public ulong Value { get; private set; } = 0xCBF29CE484222325;

    public void Add(long number) => Value = (Value ^ (ulong)number) * Prime;

    public void Add(string text)
    {
        foreach (char letter in text)
        {
            Add(letter);
        }

        Add(text.Length);
    }
}
