using System.Buffers;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>
/// Gives each sample its agent. A sample's own name wins over the batch's, and then goes with its own oid, or the CRC-32 of its name;
/// a sample's oid without a name goes with the batch's name. The batch's okind and onode belong to the batch's agent only.
/// </summary>
internal static class AgentDefaults
{
    public static void Fill(SampleTable table, SampleBatchBuilder builder)
    {
        bool samplesNameAgents = !table.Schema.Fields[KindSchema.Oname].FromEnvelope;
        bool named = table.FindTexts(KindSchema.Oname) is not null || table.FindNumbers(KindSchema.Oid) is not null;
        if (named)
        {
            FillRows(table, builder, samplesNameAgents);
        }
        else if (builder.Agent.IsGiven)
        {
            FillConstants(table, builder);
        }
        else if (samplesNameAgents)
        {
            RejectAll(table, builder);
        }
    }

    private static void FillConstants(SampleTable table, SampleBatchBuilder builder)
    {
        table.Numbers(KindSchema.Oid).Extend(table.RowCount).Fill(builder.Agent.Oid);
        FillText(table, KindSchema.Oname, builder.Agent.Oname);
        FillText(table, KindSchema.Okind, builder.Agent.Okind);
        FillText(table, KindSchema.Onode, builder.Agent.Onode);
    }

    private static void FillText(SampleTable table, int field, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            TextColumn column = table.Texts(field);
            column.PadTo(table.RowCount);
            int code = column.AddText(text);
            column.Edit().Replace(TextColumn.Missing, code);
        }
    }

    private static void RejectAll(SampleTable table, SampleBatchBuilder builder)
    {
        for (int row = 0; row < table.RowCount; row++)
        {
            builder.Rejected.Add(table.Schema.Kind, row, KindSchema.Oname, RejectReason.Missing);
        }
    }

    private static void FillRows(SampleTable table, SampleBatchBuilder builder, bool needsAgent)
    {
        TextColumn onames = table.Texts(KindSchema.Oname);
        onames.PadTo(table.RowCount);
        NumberColumn oids = table.Numbers(KindSchema.Oid);
        oids.PadTo(table.RowCount);
        int batchCode = builder.Agent.IsGiven ? onames.AddText(builder.Agent.Oname) : TextColumn.Missing;
        int texts = onames.Symbols.Count;
        int[] defaults = ArrayPool<int>.Shared.Rent(texts);
        bool[] own = ArrayPool<bool>.Shared.Rent(table.RowCount);
        for (int code = 0; code < texts; code++)
        {
            defaults[code] = AgentIdentity.OidOf(onames.Symbols[code]);
        }

        Span<int> codes = onames.Edit();
        Span<long> numbers = oids.Edit();
        int ownCount = 0;
        for (int row = 0; row < codes.Length; row++)
        {
            own[row] = FillRow(ref codes[row], ref numbers[row], defaults, batchCode, builder);
            ownCount += own[row] ? 1 : 0;
            if (codes[row] == TextColumn.Missing && needsAgent)
            {
                builder.Rejected.Add(table.Schema.Kind, row, KindSchema.Oname, RejectReason.Missing);
            }
            else if (own[row] && codes[row] != batchCode && !onames.Symbols[codes[row]].SequenceEqual(builder.Agent.Oname))
            {
                own[row] = false;
                ownCount--;
            }
        }

        FillOwn(table, KindSchema.Okind, builder.Agent.Okind, own, ownCount);
        FillOwn(table, KindSchema.Onode, builder.Agent.Onode, own, ownCount);
        ArrayPool<int>.Shared.Return(defaults);
        ArrayPool<bool>.Shared.Return(own);
    }

    // Gives whether the row may be of the batch's agent, going by its oid.
    private static bool FillRow(ref int code, ref long oid, int[] defaults, int batchCode, SampleBatchBuilder builder)
    {
        if (code == TextColumn.Missing)
        {
            code = batchCode;
            oid = oid == NumberColumn.Missing && builder.Agent.IsGiven ? builder.Agent.Oid : oid;
        }
        else if (oid == NumberColumn.Missing)
        {
            oid = defaults[code];
        }

        return builder.Agent.IsGiven && oid == builder.Agent.Oid;
    }

    private static void FillOwn(SampleTable table, int field, ReadOnlySpan<byte> text, bool[] own, int ownCount)
    {
        if (text.IsEmpty || ownCount == 0)
        {
            return;
        }

        TextColumn column = table.Texts(field);
        column.PadTo(table.RowCount);
        int code = column.AddText(text);
        Span<int> codes = column.Edit();
        for (int row = 0; row < codes.Length; row++)
        {
            if (own[row] && codes[row] == TextColumn.Missing)
            {
                codes[row] = code;
            }
        }
    }
}
