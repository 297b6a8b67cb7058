using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>A chunk of a block, or a piece of a head, that a scan reads.</summary>
/// <param name="Columns">The block that the chunk is of; null for a piece of a head.</param>
/// <param name="Chunk">The chunk's number in its block.</param>
/// <param name="Head">The piece of a head; null for a chunk of a block.</param>
/// <param name="Ranges">The ranges of times that are read: ascending and disjoint.</param>
/// <param name="FirstRange">The first of them that the piece has a part in.</param>
internal readonly record struct ScanRange(BlockReader? Columns, int Chunk, HeadChunkReader? Head, TimeRange[] Ranges, int FirstRange);
