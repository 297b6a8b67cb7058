using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Aggregate;

/// <summary>A block's rollups, built from its chunks, encoded and read again.</summary>
internal sealed class BuiltRollups : IRollupSource
{
    private readonly Dictionary<(int, RollupLevel), Rollup> _rollups = [];

    public BuiltRollups(KindSchema schema, IReadOnlyList<ArrayChunk> chunks, long threshold, params IReadOnlyList<IRollupSource> known)
    {
        RollupBuilder builder = new(schema, threshold);
        builder.Know(known);
        foreach (ArrayChunk chunk in chunks)
        {
            builder.Add(chunk);
        }

        Sections = builder.Complete();
        foreach (RollupSection section in Sections)
        {
            _rollups.Add((section.SpecIndex, section.Level), Rollup.Read(section.Bytes.Span));
        }

        FirstTime = chunks[0].FirstTime;
        LastTime = chunks[^1].LastTime;
    }

    public IReadOnlyList<RollupSection> Sections { get; }

    public long FirstTime { get; }

    public long LastTime { get; }

    public Rollup? Find(int specIndex, RollupLevel level) => _rollups.GetValueOrDefault((specIndex, level));
}
