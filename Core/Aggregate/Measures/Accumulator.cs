using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>The state of one measure for each group. States of the same measure merge in any order, with the same result.</summary>
internal abstract class Accumulator
{
    public abstract long AllocatedBytes { get; }

    /// <summary>Makes room for groups <c>[0, groups)</c>.</summary>
    public abstract void Reserve(int groups);

    /// <summary>Feeds a batch, whose groups were reserved.</summary>
    public abstract void Add(RowBatch batch);

    /// <summary>Adds row <c>rows[i]</c> of a finished state of the same measure to group <c>groups[i]</c>.</summary>
    public abstract void Merge(Accumulator from, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups);

    /// <summary>Releases the chunk that was added last.</summary>
    public virtual void LeaveChunk()
    {
    }

    /// <summary>Prepares groups <c>[0, groups)</c> for reading, merging or writing.</summary>
    public virtual void Finish(int groups)
    {
    }

    /// <summary>Clears groups <c>[0, groups)</c>.</summary>
    public abstract void Clear(int groups);

    /// <summary>Writes groups <c>[0, groups)</c> of a finished state. Texts go into <paramref name="texts"/>.</summary>
    public abstract void Write(ByteWriter writer, int groups, SymbolTable texts);

    /// <summary>Makes room for exactly these groups, which are all read then. Earlier groups are lost.</summary>
    public abstract void ReserveForReading(int groups, SymbolTable texts);

    /// <summary>Reads <paramref name="groups"/> groups as they were written, from group <paramref name="first"/> on.</summary>
    public abstract void Read(ref ByteReader reader, int first, int groups);

    /// <summary>An empty state of a measure.</summary>
    /// <exception cref="ArgumentException">The measure makes no sense for its field.</exception>
    public static Accumulator Of(KindSchema schema, Measure measure)
    {
        bool isText = measure.Field >= 0 && schema.Fields[measure.Field].IsText;
        bool needsNumber = measure.Kind is not (MeasureKind.Count or MeasureKind.Latest);
        bool conditional = measure.Condition != RowCondition.Every;
        if (needsNumber && (measure.Field < 0 || isText))
        {
            throw new ArgumentException($"The measure {measure.Kind} needs a number field.", nameof(measure));
        }

        if (conditional && measure.HasThreshold)
        {
            throw new ArgumentException("An apdex count has its own condition.", nameof(measure));
        }

        return measure.Kind switch
        {
            MeasureKind.Count or MeasureKind.Satisfied or MeasureKind.Tolerated => new CountAccumulator(measure, isText),
            MeasureKind.Sum or MeasureKind.SumOfSquares => new SumAccumulator(measure),
            MeasureKind.Min or MeasureKind.Max => new MinMaxAccumulator(measure),
            MeasureKind.Sketch => new SketchAccumulator(measure),
            MeasureKind.Latest when isText => new LatestTextAccumulator(measure),
            MeasureKind.Latest when measure.Field >= 0 => new LatestNumberAccumulator(measure),
            MeasureKind.Set => new SetAccumulator(measure),
            _ => throw new ArgumentException($"There is no measure {measure.Kind} of that field.", nameof(measure)),
        };
    }
}
