using System.Buffers.Text;
using System.Text.Json;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// Reads the JSON of <c>/query</c> token by token into columns: one object, or several with <c>chunked=true</c>. Notes whether the response is whole.
/// Shape: <c>{"results":[{"series":[{"columns":[…],"values":[[…],…],"partial":…}],"error":…,"partial":…}],"error":…}</c>. Not thread safe.
/// </summary>
internal sealed class ResponseParser(InfluxRows rows)
{
    // The depth of each part of the shape.
    private const int TopDepth = 0;
    private const int ResultDepth = 2;
    private const int SeriesDepth = 4;
    private const int RowDepth = 6;

    // Most characters that are shown of a server's error.
    private const int MaxMessage = 500;

    private readonly List<int> _columns = [];
    private Part _inTop;
    private Part _inResult;
    private Part _inSeries;
    private int _cell;
    private bool _seriesPartial;
    private bool _resultPartial;
    private bool _hasResult;
    private byte[] _text = [];

    /// <summary>Properties that mean something.</summary>
    private enum Part : byte
    {
        Other,
        Results,
        Series,
        Columns,
        Values,
        Partial,
        Error,
    }

    /// <summary>What the server says went wrong, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether a whole object was read, and the last one does not say that more follows.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes one token. Returns false when the rows are full.</summary>
    /// <exception cref="InvalidDataException">The response has another shape.</exception>
    public bool Take(ref Utf8JsonReader json)
    {
        int depth = json.CurrentDepth;
        if (depth > SeriesDepth && _inTop == Part.Results && _inResult == Part.Series)
        {
            return TakeInSeries(ref json, depth);
        }

        switch (json.TokenType)
        {
            case JsonTokenType.PropertyName when depth == TopDepth + 1:
                _inTop = PartOf(ref json);
                break;
            case JsonTokenType.PropertyName when depth == ResultDepth + 1 && _inTop == Part.Results:
                _inResult = PartOf(ref json);
                break;
            case JsonTokenType.StartObject:
                Begin(depth);
                break;
            case JsonTokenType.EndObject when depth == TopDepth:
                Require(_hasResult || Error is not null);
                IsWhole = !_resultPartial && !_seriesPartial;
                break;
            case JsonTokenType.String when IsError(depth):
                Error ??= Shorten(json.GetString()!);
                break;
            case JsonTokenType.True when depth == ResultDepth + 1 && _inResult == Part.Partial:
                _resultPartial = true;
                break;
            default:
                Require(depth > TopDepth);
                break;
        }

        return true;
    }

    private void Begin(int depth)
    {
        if (depth == TopDepth)
        {
            (_inTop, IsWhole, _hasResult) = (Part.Other, false, false);
        }
        else if (depth == ResultDepth)
        {
            (_inResult, _resultPartial, _seriesPartial) = (Part.Other, false, false);
            _hasResult |= _inTop == Part.Results;
        }
        else if (depth == SeriesDepth)
        {
            _inSeries = Part.Other;
            _columns.Clear();
        }
    }

    private bool IsError(int depth) =>
        (depth == TopDepth + 1 && _inTop == Part.Error) || (depth == ResultDepth + 1 && _inTop == Part.Results && _inResult == Part.Error);

    private bool TakeInSeries(ref Utf8JsonReader json, int depth)
    {
        if (depth == SeriesDepth + 1)
        {
            if (json.TokenType == JsonTokenType.PropertyName)
            {
                _inSeries = PartOf(ref json);
            }
            else if (json.TokenType == JsonTokenType.True && _inSeries == Part.Partial)
            {
                _seriesPartial = true;
            }
        }
        else if (_inSeries == Part.Columns)
        {
            Require(depth == RowDepth && json.TokenType == JsonTokenType.String);
            _columns.Add(Find(ref json));
        }
        else if (_inSeries == Part.Values)
        {
            return TakeInValues(ref json, depth);
        }

        return true;
    }

    private bool TakeInValues(ref Utf8JsonReader json, int depth)
    {
        if (depth > RowDepth)
        {
            Require(depth == RowDepth + 1 && _cell < _columns.Count);
            int column = _columns[_cell++];
            if (column >= 0)
            {
                Set(rows[column], ref json);
            }

            return true;
        }

        if (json.TokenType == JsonTokenType.StartArray)
        {
            BeginRow();
            return true;
        }

        Require(json.TokenType == JsonTokenType.EndArray && _cell == _columns.Count);
        rows.RowCount++;
        return !rows.IsFull;
    }

    private void BeginRow()
    {
        _cell = 0;
        foreach (InfluxColumn column in rows.Columns)
        {
            column.SetMissing(rows.RowCount);
        }
    }

    private int Find(ref Utf8JsonReader json)
    {
        for (int i = 0; i < rows.Columns.Length; i++)
        {
            if (json.ValueTextEquals(rows[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    private void Set(InfluxColumn column, ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                break;
            case JsonTokenType.String when column.IsText:
                column.SetText(rows.RowCount, CopyText(ref json));
                break;
            case JsonTokenType.String:
                column.SetNumber(rows.RowCount, ParseTag(CopyText(ref json)));
                break;
            case JsonTokenType.Number when !column.IsText && json.TryGetInt64(out long number):
                column.SetNumber(rows.RowCount, number);
                break;
            case JsonTokenType.True or JsonTokenType.False when !column.IsText:
                column.SetNumber(rows.RowCount, json.TokenType == JsonTokenType.True ? 1 : 0);
                break;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                // Somebody else wrote the point. Its value of another type is none, as it is for InfluxDB's own functions.
                break;
            default:
                Require(false);
                break;
        }
    }

    private ReadOnlySpan<byte> CopyText(ref Utf8JsonReader json)
    {
        if (!json.HasValueSequence && !json.ValueIsEscaped)
        {
            return json.ValueSpan;
        }

        long most = json.HasValueSequence ? json.ValueSequence.Length : json.ValueSpan.Length;
        if (most > _text.Length)
        {
            _text = new byte[Math.Max(most, 1_024)];
        }

        return _text.AsSpan(0, json.CopyString(_text));
    }

    // Tags are texts even where they hold numbers; "-" means none, and so does a text that is no number, which somebody else wrote.
    private static long ParseTag(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.SequenceEqual("-"u8))
        {
            return NumberColumn.Missing;
        }

        return Utf8Parser.TryParse(text, out long number, out int read) && read == text.Length ? number : NumberColumn.Missing;
    }

    private static Part PartOf(ref Utf8JsonReader json) =>
        json.ValueTextEquals("results"u8) ? Part.Results
        : json.ValueTextEquals("series"u8) ? Part.Series
        : json.ValueTextEquals("columns"u8) ? Part.Columns
        : json.ValueTextEquals("values"u8) ? Part.Values
        : json.ValueTextEquals("partial"u8) ? Part.Partial
        : json.ValueTextEquals("error"u8) ? Part.Error
        : Part.Other;

    private static string Shorten(string text) => text.Length <= MaxMessage ? text : text[..MaxMessage] + "…";

    private static void Require(bool fits)
    {
        if (!fits)
        {
            throw new InvalidDataException("The response is not one of InfluxDB's.");
        }
    }
}
