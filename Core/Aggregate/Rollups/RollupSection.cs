namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>An encoded rollup, as <see cref="RollupBuilder"/> makes it and <see cref="Rollup.Read"/> reads it. It says by itself what it holds.</summary>
/// <param name="SpecIndex">Which rollup it is: an index into <see cref="Schema.KindSchema.Rollups"/>.</param>
/// <param name="Level">How much time its buckets span.</param>
/// <param name="Bytes">The rollup. Without a checksum: that is the file's that holds it.</param>
public readonly record struct RollupSection(int SpecIndex, RollupLevel Level, ReadOnlyMemory<byte> Bytes);
