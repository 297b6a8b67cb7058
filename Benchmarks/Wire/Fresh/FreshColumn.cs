namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>Draws the values of one column again and writes them into a body, some samples at a time. Not thread safe.</summary>
internal abstract class FreshColumn
{
    /// <summary>Samples at a time: their part of a body stays in the first two caches while column after column goes over it.</summary>
    public const int BlockRows = 128;

    private readonly long[] _drawn = new long[BlockRows];

    /// <summary>What was drawn last: numbers, of decimals the thousandths, or the numbers of texts.</summary>
    public ReadOnlySpan<long> Drawn => _drawn;

    /// <summary>Draws and writes the values of neighbouring samples, at most <see cref="BlockRows"/>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="first">Number of the first sample in the body.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="state">Where random numbers go on.</param>
    public void Patch(Span<byte> body, int first, int count, ref ulong state)
    {
        Span<long> drawn = _drawn.AsSpan(0, count);
        Draw(first, drawn, ref state);
        Write(body, first, drawn);
    }

    /// <summary>Changes what all samples of a body share, before the first of them is patched.</summary>
    public virtual void Begin(Span<byte> body, ref ulong state)
    {
    }

    protected abstract void Draw(int first, Span<long> drawn, ref ulong state);

    protected abstract void Write(Span<byte> body, int first, ReadOnlySpan<long> drawn);
}
