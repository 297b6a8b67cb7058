namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>
/// Draws all values of a body again, from the distributions that they were made from, so that no two sendings have a row in common. What can't be drawn stays:
/// maps, and the digits of messages. Not thread safe.
/// </summary>
internal sealed class FreshRows
{
    private readonly List<FreshColumn> _inOrder = [];
    private readonly Dictionary<WireColumn, FreshColumn> _columns = [];

    /// <param name="places">Where the values of columns lie, leaders before those that they decide.</param>
    public FreshRows(IEnumerable<KeyValuePair<WireColumn, ValuePlaces>> places)
    {
        foreach ((WireColumn column, ValuePlaces where) in places)
        {
            FreshColumn? leader = column.Source switch
            {
                LinkedTexts linked => _columns[linked.Leader],
                LinkedNumbers linked => _columns[linked.Leader],
                _ => null,
            };
            FreshColumn fresh = where.Layout switch
            {
                ValueLayout.Text => new FreshTexts(column, where, leader),
                ValueLayout.PackedIndex or ValueLayout.BlankIndex => new FreshDictionary(column, where, leader),
                _ => new FreshNumbers(column, where, leader),
            };
            _columns.Add(column, fresh);
            _inOrder.Add(fresh);
        }
    }

    /// <summary>The columns whose values are drawn.</summary>
    public IReadOnlyDictionary<WireColumn, FreshColumn> Columns => _columns;

    /// <summary>Draws what all samples share; before the first <see cref="Patch"/> of a sending.</summary>
    public void Begin(Span<byte> body, ref ulong state)
    {
        foreach (FreshColumn column in _inOrder)
        {
            column.Begin(body, ref state);
        }
    }

    /// <summary>Draws neighbouring samples.</summary>
    /// <param name="body">The body.</param>
    /// <param name="first">Number of the first in the body.</param>
    /// <param name="count">How many, at most <see cref="FreshColumn.BlockRows"/>.</param>
    /// <param name="state">Where random numbers go on.</param>
    public void Patch(Span<byte> body, int first, int count, ref ulong state)
    {
        foreach (FreshColumn column in _inOrder)
        {
            column.Patch(body, first, count, ref state);
        }
    }
}
