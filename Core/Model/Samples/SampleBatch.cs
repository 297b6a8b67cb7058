using TimeSeries.Core.Memory;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Model.Samples;

/// <summary>
/// Samples that travel together, as columns by kind. What a decoder filled in is not yet checked: only a <see cref="ValidBatch"/> is.
/// Reused through <see cref="SampleBatchPool"/>; whoever rents one gives it back once. Not thread safe.
/// </summary>
public sealed class SampleBatch
{
    private readonly SampleTable?[] _tables = new SampleTable?[SampleSchema.All.Length];
    private readonly LargeArrayPool? _pool;

    public SampleBatch()
    {
    }

    /// <summary>A batch whose arrays come from a pool and go back by <see cref="Release"/>.</summary>
    internal SampleBatch(LargeArrayPool pool) => _pool = pool;

    /// <summary>How many samples of all kinds there are.</summary>
    public int RowCount
    {
        get
        {
            int rows = 0;
            foreach (SampleTable? table in _tables)
            {
                rows += table?.RowCount ?? 0;
            }

            return rows;
        }
    }

    public long AllocatedBytes
    {
        get
        {
            long bytes = 0;
            foreach (SampleTable? table in _tables)
            {
                bytes += table?.AllocatedBytes ?? 0;
            }

            return bytes;
        }
    }

    /// <summary>The table of a kind, made (empty) when there is none yet.</summary>
    public SampleTable Table(Kind kind) => _tables[(int)kind] ??= new SampleTable(SampleSchema.Of(kind), _pool);

    /// <summary>The table of a kind, or null when the batch has no sample of it.</summary>
    public SampleTable? Find(Kind kind) => _tables[(int)kind] is { RowCount: > 0 } table ? table : null;

    public void Clear()
    {
        foreach (SampleTable? table in _tables)
        {
            table?.Clear();
        }
    }

    /// <summary>Empties the batch and gives its memory back.</summary>
    internal void Release()
    {
        foreach (SampleTable? table in _tables)
        {
            table?.Release();
        }
    }
}
