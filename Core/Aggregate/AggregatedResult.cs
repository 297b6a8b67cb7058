using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Aggregate;

/// <summary>The sorted groups of a finished aggregation. Once disposed it has no rows.</summary>
internal sealed class AggregatedResult : QueryResult
{
    private static readonly GroupTable _noGroups = new(0, []);

    private readonly SampleQuery _query;
    private readonly HashAggregatorPool? _pool;
    private readonly int _windowParts;
    private HashAggregator? _grouped;
    private GroupTable _groups;
    private Accumulator[] _states;
    private int[] _rows;

    /// <param name="query">The query.</param>
    /// <param name="grouped">The groups, finished.</param>
    /// <param name="pool">Where the groups' memory goes back to; null when to nowhere.</param>
    /// <param name="source">Where they come from.</param>
    /// <param name="rowsRead">How many samples were read one by one.</param>
    public AggregatedResult(SampleQuery query, HashAggregator grouped, HashAggregatorPool? pool, ResultSource source, long rowsRead)
    {
        _query = query;
        _pool = pool;
        _grouped = grouped;
        _groups = grouped.Groups;
        _states = grouped.States.ToArray();
        _rows = new RowOrder(query, grouped).Sort();
        _windowParts = query.WindowMilliseconds > 0 ? 1 : 0;
        Source = source;
        RowsRead = rowsRead;
    }

    public override int RowCount => _rows.Length;

    public override long TotalGroups => _groups.Count;

    public override ResultSource Source { get; }

    public override long RowsRead { get; }

    public override long AllocatedBytes => (_grouped?.AllocatedBytes ?? 0) + (_rows.Length * (long)sizeof(int));

    public override long WindowStart(int row) => _windowParts == 0 ? 0 : _groups.Parts[0].Number(_groups.ValueOf(_rows[row], 0));

    public override long KeyNumber(int row, int part) => Part(part).Number(Value(row, part));

    public override ReadOnlySpan<byte> KeyText(int row, int part) => Part(part).Text(Value(row, part));

    public override bool KeyMissing(int row, int part) => Part(part).IsMissing(Value(row, part));

    public override long Count(int row, int measure) => State<CountAccumulator>(measure).Counts[_rows[row]];

    public override Int128 Sum(int row, int measure) => State<SumAccumulator>(measure).Sums[_rows[row]];

    public override UInt128 SumOfSquares(int row, int measure) => State<SumAccumulator>(measure).SquaresOf(_rows[row]);

    public override long Number(int row, int measure) =>
        _states[measure] is LatestNumberAccumulator latest ? latest.Numbers[_rows[row]] : State<MinMaxAccumulator>(measure).ValueOf(_rows[row]);

    public override ReadOnlySpan<byte> LatestText(int row, int measure) => State<LatestTextAccumulator>(measure).TextOf(_rows[row]);

    public override long LatestTime(int row, int measure) =>
        _states[measure] is LatestNumberAccumulator latest ? latest.Times[_rows[row]] : State<LatestTextAccumulator>(measure).Times[_rows[row]];

    public override double Quantile(int row, int measure, double quantile) => State<SketchAccumulator>(measure).Quantile(_rows[row], quantile);

    public override ReadOnlySpan<long> Set(int row, int measure) => State<SetAccumulator>(measure).MembersOf(_rows[row]);

    public override void Dispose()
    {
        if (_grouped is { } grouped)
        {
            // A reader after disposal finds no row, and nothing of the next result.
            (_grouped, _groups, _states, _rows) = (null, _noGroups, [], []);
            _pool?.Return(_query, grouped);
        }

        base.Dispose();
    }

    private GroupKeyColumn Part(int part) => _groups.Parts[part + _windowParts];

    private int Value(int row, int part) => _groups.ValueOf(_rows[row], part + _windowParts);

    private T State<T>(int measure) where T : Accumulator =>
        _states[measure] as T ?? throw new ArgumentException("The measure has no such value.", nameof(measure));
}
