using TimeSeries.Core.Memory;

namespace TimeSeries.Ingest.Protocols.Otlp.Texts;

/// <summary>
/// Writes tokens, and takes back what only makes a list of literals and placeholders longer: of <c>#, #</c> the second, and of <c>(#), (#)</c> the second.
/// </summary>
internal ref struct SqlLists(TextBuffer into)
{
    private bool _hasBlank;

    // Behind the last item, while nothing but a comma has followed it.
    private int _itemEnd;
    private Since _sinceItem;

    // Whether the bracket that is open holds nothing but a list, and whether there is an item yet.
    private bool _isListOpen;
    private bool _hasItem;

    // The same for a list in brackets.
    private int _groupEnd;
    private Since _sinceGroup;
    private bool _followsGroup;

    private enum Since : byte
    {
        Other,
        Nothing,
        Comma,
    }

    public void AddBlank() => _hasBlank = true;

    /// <summary>Adds a literal or a placeholder.</summary>
    public void AddItem(ReadOnlySpan<byte> text)
    {
        if (_sinceItem == Since.Comma)
        {
            into.Truncate(_itemEnd);
            _hasBlank = false;
        }
        else
        {
            _isListOpen &= !_hasItem;
            _sinceGroup = Since.Other;
            Write(text);
            _itemEnd = into.Length;
        }

        _hasItem = true;
        _sinceItem = Since.Nothing;
    }

    /// <summary>Adds what is no item: a word, an operator, a bracket or a comma.</summary>
    public void AddOther(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)','] && _sinceItem == Since.Nothing)
        {
            _sinceItem = Since.Comma;
            Write(text);
        }
        else if (text is [(byte)','] && _sinceGroup == Since.Nothing)
        {
            _sinceGroup = Since.Comma;
            Write(text);
        }
        else if (text is [(byte)'('])
        {
            bool followsGroup = _sinceGroup == Since.Comma;
            Forget();
            (_followsGroup, _isListOpen, _hasItem) = (followsGroup, true, false);
            Write(text);
        }
        else if (text is [(byte)')'] && _isListOpen && _sinceItem == Since.Nothing)
        {
            Write(text);
            CloseGroup();
        }
        else
        {
            Forget();
            Write(text);
        }
    }

    private void CloseGroup()
    {
        if (_followsGroup)
        {
            into.Truncate(_groupEnd);
        }

        Forget();
        _groupEnd = into.Length;
        _sinceGroup = Since.Nothing;
    }

    private void Forget()
    {
        _sinceItem = Since.Other;
        _sinceGroup = Since.Other;
        _isListOpen = false;
        _followsGroup = false;
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        if (_hasBlank && into.Length > 0)
        {
            into.Add((byte)' ');
        }

        _hasBlank = false;
        into.Add(text);
    }
}
