using System.Buffers;
using System.Text;
using System.Text.Unicode;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>Checks the texts of a column, each distinct one once, and brings those of closed sets and GUIDs into their canonical form.</summary>
internal static class TextValidation
{
    private const int GuidBytes = 36;

    // Longer than any text of a closed set.
    private const int MaxAllowedBytes = 64;

    /// <summary>Rejects samples whose text is not UTF-8, or not one that its field allows.</summary>
    public static void Check(SampleTable table, Field field, TextColumn column, RejectedSamples rejected)
    {
        if (field.Type == FieldType.Text)
        {
            CheckUtf8(table, field, column, rejected);
        }

        if (!field.Allowed.IsEmpty)
        {
            CheckAllowed(table, field, column, rejected);
        }

        if (field.IsGuid)
        {
            CheckGuids(table, field, column, rejected);
        }
    }

    /// <summary>Makes a GUID for each row that has none; their order is that of time. Returns for how many.</summary>
    public static int MakeGuids(SampleTable table, Field field, Timestamp now)
    {
        TextColumn column = table.Texts(field.Ordinal);
        column.PadTo(table.RowCount);
        Span<byte> text = stackalloc byte[GuidBytes];
        int made = 0;
        for (int row = 0; row < column.Count; row++)
        {
            if (column.Codes[row] == TextColumn.Missing)
            {
                Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(now.Milliseconds)).TryFormat(text, out _, "D");
                column.Set(row, text);
                made++;
            }
        }

        return made;
    }

    private static void CheckUtf8(SampleTable table, Field field, TextColumn column, RejectedSamples rejected)
    {
        SymbolTable symbols = column.Symbols;
        SymbolView all = symbols.View();
        if (Ascii.IsValid(all.Bytes.AsSpan(0, symbols.TextBytes)))
        {
            return;
        }

        // Parts of one valid text can be invalid, and the other way round: each text counts by itself.
        bool[] invalid = ArrayPool<bool>.Shared.Rent(all.Count);
        for (int code = 0; code < all.Count; code++)
        {
            invalid[code] = !Utf8.IsValid(symbols[code]);
            if (invalid[code])
            {
                symbols.Blank(code);
            }
        }

        ReadOnlySpan<int> codes = column.Codes;
        for (int row = 0; row < codes.Length; row++)
        {
            if (codes[row] != TextColumn.Missing && invalid[codes[row]])
            {
                rejected.Add(table.Schema.Kind, row, field.Ordinal, RejectReason.InvalidText);
            }
        }

        ArrayPool<bool>.Shared.Return(invalid);
    }

    private static void CheckAllowed(SampleTable table, Field field, TextColumn column, RejectedSamples rejected)
    {
        int count = column.Symbols.Count;
        int[] canonical = ArrayPool<int>.Shared.Rent(count);
        for (int code = 0; code < count; code++)
        {
            canonical[code] = Canonical(field, column, code);
        }

        Span<int> codes = column.Edit();
        for (int row = 0; row < codes.Length; row++)
        {
            if (codes[row] == TextColumn.Missing)
            {
                continue;
            }

            int found = codes[row];
            codes[row] = canonical[found];
            if (codes[row] == TextColumn.Missing)
            {
                string? value = rejected.Shows(table.Schema.Kind, row, field) ? FoundValue.Of(column.Symbols[found]) : null;
                rejected.Add(table.Schema.Kind, row, field.Ordinal, RejectReason.NotAllowed, value);
            }
        }

        ArrayPool<int>.Shared.Return(canonical);
    }

    private static int Canonical(Field field, TextColumn column, int code)
    {
        foreach (string allowed in field.Allowed)
        {
            if (Ascii.Equals(column.Symbols[code], allowed))
            {
                return code;
            }

            if (field.AllowedInAnyCase && Ascii.EqualsIgnoreCase(column.Symbols[code], allowed))
            {
                Span<byte> text = stackalloc byte[MaxAllowedBytes];
                return column.Symbols.Intern(text[..Encoding.ASCII.GetBytes(allowed, text)]);
            }
        }

        return TextColumn.Missing;
    }

    private static void CheckGuids(SampleTable table, Field field, TextColumn column, RejectedSamples rejected)
    {
        Span<byte> canonical = stackalloc byte[GuidBytes];
        for (int row = 0; row < column.Count; row++)
        {
            int code = column.Codes[row];
            if (code == TextColumn.Missing)
            {
                continue;
            }

            if (!Guid.TryParse(column.Symbols[code], out Guid guid))
            {
                string? value = rejected.Shows(table.Schema.Kind, row, field) ? FoundValue.Of(column.Symbols[code]) : null;
                rejected.Add(table.Schema.Kind, row, field.Ordinal, RejectReason.NotAGuid, value);
                continue;
            }

            guid.TryFormat(canonical, out _, "D");
            if (!column.Symbols[code].SequenceEqual(canonical))
            {
                column.Set(row, canonical);
            }
        }
    }
}
