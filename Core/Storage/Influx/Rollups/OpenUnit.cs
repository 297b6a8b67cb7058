using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>The samples of a unit while it is written. Not thread safe.</summary>
/// <param name="number">The unit's number on its node.</param>
internal sealed class OpenUnit(long number)
{
    private readonly Dictionary<(long Pcode, Kind Kind), UnitTable> _tables = [];
    private readonly HashSet<(long Pcode, Kind Kind, long Bucket)> _declared = [];

    public long Number { get; } = number;

    public IEnumerable<(long Pcode, UnitTable Table)> Tables => _tables.Select(entry => (entry.Key.Pcode, entry.Value));

    /// <summary>Sequence number of its first sample.</summary>
    public long FirstNumber { get; private set; }

    public bool IsEmpty => _tables.Count == 0;

    /// <summary>Whether the unit has had no sample in the bucket.</summary>
    public bool IsNew(long pcode, Kind kind, long bucket) => !_declared.Contains((pcode, kind, bucket));

    public void Declare(long pcode, Kind kind, long bucket) => _declared.Add((pcode, kind, bucket));

    /// <summary>Keeps what rollups need of a batch.</summary>
    public void Add(ValidBatch batch)
    {
        if (Number < 0)
        {
            return;
        }

        FirstNumber = IsEmpty ? batch.FirstNumber : FirstNumber;
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (batch.Find(schema.Kind) is not { } table)
            {
                continue;
            }

            if (!_tables.TryGetValue((batch.Pcode, schema.Kind), out UnitTable? unit))
            {
                unit = new UnitTable(schema);
                _tables.Add((batch.Pcode, schema.Kind), unit);
            }

            unit.Add(table);
        }
    }
}

/// <summary>A unit whose samples are all on their way.</summary>
/// <param name="Unit">The samples.</param>
/// <param name="LastLines">Number of the batch of lines that holds the last of them.</param>
/// <param name="Checkpoint">What is true once they and their rollups are confirmed.</param>
internal sealed record ClosedUnit(OpenUnit Unit, long LastLines, StoreCheckpoint Checkpoint);
