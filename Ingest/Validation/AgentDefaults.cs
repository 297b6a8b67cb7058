using System.Buffers;
using System.IO.Hashing;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Building;
using TimeSeries.Ingest.Decoding;

namespace TimeSeries.Ingest.Validation;

/// <summary>
/// Gives each sample its agent. A sample's own name wins over the envelope's, and then goes with its own oid, or the CRC-32 of its name;
/// a sample's oid without a name goes with the envelope's name. okind and onode belong to the envelope's agent only.
/// </summary>
internal static class AgentDefaults
{
    public static void Fill(SampleTable table, DecodedBatch decoded)
    {
        bool samplesNameAgents = !table.Schema.Fields[KindSchema.Oname].FromEnvelope;
        bool named = table.FindTexts(KindSchema.Oname) is not null || table.FindNumbers(KindSchema.Oid) is not null;
        if (named)
        {
            FillRows(table, decoded);
        }
        else if (decoded.HasAgent)
        {
            FillConstants(table, decoded);
        }
        else if (samplesNameAgents)
        {
            RejectAll(table, decoded);
        }
    }

    private static void FillConstants(SampleTable table, DecodedBatch decoded)
    {
        table.Numbers(KindSchema.Oid).Extend(table.RowCount).Fill(decoded.AgentOid);
        FillText(table, KindSchema.Oname, decoded.AgentOname);
        FillText(table, KindSchema.Okind, decoded.AgentOkind);
        FillText(table, KindSchema.Onode, decoded.AgentOnode);
    }

    private static void FillText(SampleTable table, int field, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            TextColumn column = table.Texts(field);
            int code = column.AddText(text);
            column.Extend(table.RowCount).Fill(code);
        }
    }

    private static void RejectAll(SampleTable table, DecodedBatch decoded)
    {
        for (int row = 0; row < table.RowCount; row++)
        {
            decoded.Rejected.Add(table.Schema.Kind, row, KindSchema.Oname, RejectReason.Missing);
        }
    }

    private static void FillRows(SampleTable table, DecodedBatch decoded)
    {
        TextColumn onames = table.Texts(KindSchema.Oname);
        onames.PadTo(table.RowCount);
        NumberColumn oids = table.Numbers(KindSchema.Oid);
        oids.PadTo(table.RowCount);
        int envelopeCode = decoded.HasAgent ? onames.AddText(decoded.AgentOname) : TextColumn.Missing;
        int texts = onames.Symbols.Count;
        int[] defaults = ArrayPool<int>.Shared.Rent(texts);
        bool[] own = ArrayPool<bool>.Shared.Rent(table.RowCount);
        for (int code = 0; code < texts; code++)
        {
            defaults[code] = (int)Crc32.HashToUInt32(onames.Symbols[code]);
        }

        Span<int> codes = onames.Edit();
        Span<long> numbers = oids.Edit();
        int ownCount = 0;
        for (int row = 0; row < codes.Length; row++)
        {
            own[row] = FillRow(ref codes[row], ref numbers[row], defaults, envelopeCode, decoded);
            ownCount += own[row] ? 1 : 0;
            if (codes[row] == TextColumn.Missing)
            {
                decoded.Rejected.Add(table.Schema.Kind, row, KindSchema.Oname, RejectReason.Missing);
            }
            else if (own[row] && codes[row] != envelopeCode && !onames.Symbols[codes[row]].SequenceEqual(decoded.AgentOname))
            {
                own[row] = false;
                ownCount--;
            }
        }

        FillOwn(table, KindSchema.Okind, decoded.AgentOkind, own, ownCount);
        FillOwn(table, KindSchema.Onode, decoded.AgentOnode, own, ownCount);
        ArrayPool<int>.Shared.Return(defaults);
        ArrayPool<bool>.Shared.Return(own);
    }

    // Gives whether the row may be of the envelope's agent, going by its oid.
    private static bool FillRow(ref int code, ref long oid, int[] defaults, int envelopeCode, DecodedBatch decoded)
    {
        if (code == TextColumn.Missing)
        {
            code = envelopeCode;
            oid = oid == NumberColumn.Missing && decoded.HasAgent ? decoded.AgentOid : oid;
        }
        else if (oid == NumberColumn.Missing)
        {
            oid = defaults[code];
        }

        return decoded.HasAgent && oid == decoded.AgentOid;
    }

    private static void FillOwn(SampleTable table, int field, ReadOnlySpan<byte> text, bool[] own, int ownCount)
    {
        if (text.IsEmpty || ownCount == 0)
        {
            return;
        }

        TextColumn column = table.Texts(field);
        int code = column.AddText(text);
        Span<int> codes = column.Extend(table.RowCount);
        for (int row = 0; row < codes.Length; row++)
        {
            codes[row] = own[row] ? code : TextColumn.Missing;
        }
    }
}
