using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Alerts;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Writing;

/// <summary>Reads the columns of a block that is being written and appends what is computed of them: rollups, and the filter of alert ids.</summary>
internal sealed class BlockRollupWriter(BlockReader written, IBlockRows rows, BlockFileWriter writer, BlockScratch scratch)
{
    /// <summary>Makes the rollups of each section, of its sources' rollups where possible.</summary>
    public void WriteRollups(CancellationToken cancellationToken)
    {
        if (written.Index.Schema.Rollups.IsEmpty)
        {
            return;
        }

        using BlockChunk chunk = new(written, scratch.Pool);
        foreach (SectionIndex section in written.Index.Sections)
        {
            RollupBuilder builder = scratch.Rollups(written.Index.Schema, section.Pcode);
            builder.UseSources(rows.RollupsOf(section.Pcode));
            for (int i = 0; i < section.ChunkCount; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                chunk.MoveTo(section.FirstChunk + i);
                builder.Add(chunk);
            }

            List<RollupExtent> rollups = [];
            foreach (RollupSection rollup in builder.Complete())
            {
                rollups.Add(new RollupExtent(rollup.SpecIndex, rollup.Level, writer.Append(rollup.Bytes.Span)));
            }

            section.Rollups = [.. rollups];
        }
    }

    /// <summary>Makes the filter of a block of alerts.</summary>
    public void WriteAlertFilter()
    {
        int rowCount = 0;
        foreach (SectionIndex section in written.Index.Sections)
        {
            rowCount += section.RowCount;
        }

        byte[] filter = AlertIds.MakeFilter(rowCount);
        using BlockChunk chunk = new(written, scratch.Pool);
        foreach (SectionIndex section in written.Index.Sections)
        {
            for (int i = 0; i < section.ChunkCount; i++)
            {
                chunk.MoveTo(section.FirstChunk + i);
                SymbolView ids = chunk.Symbols(AlertIds.Field);
                foreach (int code in chunk.Codes(AlertIds.Field))
                {
                    if (code != TextColumn.Missing && AlertIds.TryParse(ids[code], out Guid id))
                    {
                        AlertIds.Add(filter, section.Pcode, id);
                    }
                }
            }
        }

        written.Index.AlertFilter = writer.Append(filter);
    }
}
