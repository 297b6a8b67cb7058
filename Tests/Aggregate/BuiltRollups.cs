using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Aggregate;

/// <summary>A block's rollups, built from its chunks, encoded and read again.</summary>
internal sealed class BuiltRollups : IRollupSource, IRollupStream
{
    private readonly Dictionary<(int, RollupLevel), byte[]> _bytes = [];

    public BuiltRollups(KindSchema schema, IReadOnlyList<ArrayChunk> chunks, long threshold, params IReadOnlyList<IRollupStream> known)
    {
        RollupBuilder builder = new(schema, threshold);
        builder.UseSources(known);
        foreach (ArrayChunk chunk in chunks)
        {
            builder.Add(chunk);
        }

        Sections = builder.Complete();
        foreach (RollupSection section in Sections)
        {
            _bytes.Add((section.SpecIndex, section.Level), section.Bytes.ToArray());
        }

        FirstTime = chunks[0].FirstTime;
        LastTime = chunks[^1].LastTime;
    }

    public IReadOnlyList<RollupSection> Sections { get; }

    public long FirstTime { get; }

    public long LastTime { get; }

    public RollupCursor? Open(int specIndex) =>
        _bytes.TryGetValue((specIndex, RollupLevel.FiveMinutes), out byte[]? bytes) ? RollupCursor.TryOpen(bytes) : null;

    public Rollup? Find(int specIndex, RollupLevel level, bool withSketches) =>
        _bytes.TryGetValue((specIndex, level), out byte[]? bytes) ? Rollup.TryRead(bytes, withSketches) : null;
}
