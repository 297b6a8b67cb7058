using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate;

/// <summary>
/// Makes all rollups of one project's samples of one kind while a block is written. Not thread safe.
/// </summary>
public sealed class RollupBuilder
{
    /// <param name="kind">The kind whose rollups are made.</param>
    /// <param name="apdexThresholdMicroseconds">The project's apdex threshold, stored beside the apdex counts.</param>
    public RollupBuilder(KindSchema kind, long apdexThresholdMicroseconds) => throw new NotImplementedException();

    /// <summary>Adds samples. Rows must ascend by time inside a chunk and from chunk to chunk (equal times may follow each other).</summary>
    /// <exception cref="ArgumentException">A sample is earlier than one before it.</exception>
    public void Add(IColumnChunk chunk) => throw new NotImplementedException();

    /// <summary>
    /// The rollups worth keeping: a bucket is kept only where it has at most a quarter as many rows as there are samples, and a section is
    /// missing where no bucket is. The builder is used up.
    /// </summary>
    public IReadOnlyList<RollupSection> Complete() => throw new NotImplementedException();
}
