namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>Draws texts by their numbers: any, those of a length, or those that belong to another column's. Not thread safe.</summary>
internal sealed class TextDraw
{
    private readonly int[]? _link;
    private readonly TextGroup[] _groups = [];
    private readonly byte[]? _groupOfRows;

    /// <param name="source">Where texts come from.</param>
    /// <param name="lengths">The length that each sample's text must have; none when any text will do.</param>
    public TextDraw(ValueSource source, ReadOnlySpan<int> lengths)
    {
        if (source is LinkedTexts linked)
        {
            Texts = linked.Texts;
            _link = ((TextChoices)linked.Leader.Source!).LinkTo(Texts);
            return;
        }

        Texts = (TextChoices)source;
        if (lengths.IsEmpty)
        {
            _groups = [Texts.All];
            return;
        }

        List<int> known = [];
        _groupOfRows = new byte[lengths.Length];
        for (int row = 0; row < lengths.Length; row++)
        {
            int index = known.IndexOf(lengths[row]);
            _groupOfRows[row] = checked((byte)(index < 0 ? known.Count : index));
            if (index < 0)
            {
                known.Add(lengths[row]);
            }
        }

        _groups = [.. known.Select(Texts.OfLength)];
        _groupOfRows = _groups.Length == 1 ? null : _groupOfRows;
    }

    /// <summary>What is drawn from.</summary>
    public TextChoices Texts { get; }

    /// <summary>Draws the texts of neighbouring samples.</summary>
    /// <param name="first">Number of the first sample.</param>
    /// <param name="leading">What the column drew that decides.</param>
    /// <param name="drawn">Takes the numbers.</param>
    /// <param name="state">Where random numbers go on.</param>
    public void Draw(int first, ReadOnlySpan<long> leading, Span<long> drawn, ref ulong state)
    {
        if (_link is not null)
        {
            for (int i = 0; i < drawn.Length; i++)
            {
                drawn[i] = _link[leading[i]];
            }

            return;
        }

        ulong own = state;
        for (int i = 0; i < drawn.Length; i++)
        {
            drawn[i] = _groups[_groupOfRows is null ? 0 : _groupOfRows[first + i]].Draw(SplitMix.Next(ref own));
        }

        state = own;
    }
}
