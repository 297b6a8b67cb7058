using System.Numerics;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Api;

/// <summary>All that a request wants of one field: a value must meet one of the conditions, and none of the negated ones.</summary>
internal sealed class FieldConditions(Field field)
{
    private readonly List<string> _texts = [];
    private readonly List<string> _contained = [];
    private readonly List<string> _notTexts = [];
    private readonly List<long> _numbers = [];
    private readonly List<long> _above = [];
    private readonly List<long> _below = [];
    private readonly List<long> _notNumbers = [];
    private bool _anyPresent;
    private bool _mustMeet;

    /// <summary>Takes a condition; or says what is wrong with it. An empty value stands for "missing".</summary>
    public string? TryAdd(string @operator, string value)
    {
        bool isComparison = @operator is ">:" or "<:";
        if (!FieldRules.Operators(field).Contains(@operator))
        {
            string allowed = field.IsText ? "field:value, field!:value, field~:part"
                : field.Type == FieldType.Boolean ? "field:value, field!:value"
                : "field:value, field!:value, field>:value, field<:value";
            return $"where can't compare \"{field.Name}\" by {@operator}; it can by {allowed}.";
        }

        _mustMeet |= @operator != "!:";
        if (field.IsText)
        {
            (@operator switch { ":" => _texts, "~:" => _contained, _ => _notTexts }).Add(value);
            return null;
        }

        if (value.Length == 0 && !isComparison)
        {
            (@operator == ":" ? _numbers : _notNumbers).Add(NumberColumn.Missing);
            return null;
        }

        if (!WireNumber.TryRead(field, value, out WireNumber number))
        {
            return field.Type == FieldType.Boolean
                ? $"where needs true or false for \"{field.Name}\", found \"{value}\"."
                : $"where needs a number for \"{field.Name}\", found \"{value}\".";
        }

        Add(@operator, number);
        return null;
    }

    public IEnumerable<Filter> Filters()
    {
        if (_mustMeet)
        {
            List<Filter> forms = [.. Forms()];
            yield return forms.Count switch
            {
                // Nothing that can be kept is meant.
                0 => Filter.OfNumbers(field.Ordinal, FilterOperator.AnyOf),
                1 => forms[0],
                _ => Filter.EitherOf(field.Ordinal, [.. forms]),
            };
        }

        if (_notTexts.Count > 0 || _notNumbers.Count > 0)
        {
            yield return new Filter(field.Ordinal, FilterOperator.NoneOf, [.. _notTexts], [.. _notNumbers]);
        }
    }

    // What is finer or greater than anything that is kept equals nothing, and may still be less or greater.
    private void Add(string @operator, WireNumber number)
    {
        bool canBeKept = number.IsWhole && number.Floor > long.MinValue && number.Floor <= long.MaxValue;
        switch (@operator)
        {
            case ":" when canBeKept:
                _numbers.Add((long)number.Floor);
                break;
            case "!:" when canBeKept:
                _notNumbers.Add((long)number.Floor);
                break;
            case ">:" when number.Floor < long.MaxValue:
                _above.Add((long)BigInteger.Max(number.Floor, long.MinValue));
                break;
            case "<:" when number.Ceiling > long.MaxValue:
                _anyPresent = true;
                break;
            case "<:" when number.Ceiling > long.MinValue:
                _below.Add((long)number.Ceiling);
                break;
            default:
                break;
        }
    }

    private IEnumerable<Filter> Forms()
    {
        if (_texts.Count > 0 || _numbers.Count > 0)
        {
            yield return new Filter(field.Ordinal, FilterOperator.AnyOf, [.. _texts], [.. _numbers]);
        }

        if (_contained.Count > 0)
        {
            yield return Filter.OfTexts(field.Ordinal, FilterOperator.ContainsAnyOf, [.. _contained]);
        }

        if (_above.Count > 0)
        {
            yield return Filter.OfNumbers(field.Ordinal, FilterOperator.GreaterThanAnyOf, [.. _above]);
        }

        if (_below.Count > 0)
        {
            yield return Filter.OfNumbers(field.Ordinal, FilterOperator.LessThanAnyOf, [.. _below]);
        }

        if (_anyPresent)
        {
            yield return Filter.Present(field.Ordinal);
        }
    }
}
