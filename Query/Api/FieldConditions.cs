using System.Numerics;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Api;

/// <summary>
/// All that a request wants of one field: a value must equal or contain one of those named, lie within every bound, and equal none of the negated ones.
/// </summary>
internal sealed class FieldConditions(Field field)
{
    private static readonly (BigInteger Above, BigInteger Below) _unbounded = ((BigInteger)long.MinValue - 1, (BigInteger)long.MaxValue + 1);

    private readonly List<string> _texts = [];
    private readonly List<string> _contained = [];
    private readonly List<string> _notTexts = [];
    private readonly List<long> _numbers = [];
    private readonly List<long> _notNumbers = [];
    private bool _mustEqual;

    // What lies between them is meant: both are outside. None where no bound was named.
    private (BigInteger Above, BigInteger Below)? _bounds;

    /// <summary>Takes a condition; or says what is wrong with it. An empty value stands for "missing".</summary>
    public string? TryAdd(string @operator, string value)
    {
        bool isBound = @operator[0] is '>' or '<';
        if (!FieldRules.Operators(field).Contains(@operator))
        {
            string allowed = field.IsText ? "field:value, field!:value, field~:part"
                : field.Type == FieldType.Boolean ? "field:value, field!:value"
                : "field:value, field!:value, field>:value, field>=:value, field<:value, field<=:value";
            return $"where can't compare \"{field.Name}\" by {@operator}; it can by {allowed}.";
        }

        _mustEqual |= @operator is ":" or "~:";
        if (field.IsText)
        {
            (@operator switch { ":" => _texts, "~:" => _contained, _ => _notTexts }).Add(value);
            return null;
        }

        if (value.Length == 0 && !isBound)
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
        if (_mustEqual)
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

        if (_bounds is { } bounds)
        {
            yield return bounds.Above >= long.MaxValue || bounds.Below <= long.MinValue
                ? Filter.OfNumbers(field.Ordinal, FilterOperator.AnyOf)
                : Filter.Present(field.Ordinal);
            if (bounds.Above is var above && above >= long.MinValue && above < long.MaxValue)
            {
                yield return Filter.OfNumbers(field.Ordinal, FilterOperator.GreaterThanAnyOf, (long)above);
            }

            if (bounds.Below is var below && below > long.MinValue && below <= long.MaxValue)
            {
                yield return Filter.OfNumbers(field.Ordinal, FilterOperator.LessThanAnyOf, (long)below);
            }
        }

        if (_notTexts.Count > 0 || _notNumbers.Count > 0)
        {
            yield return new Filter(field.Ordinal, FilterOperator.NoneOf, [.. _notTexts], [.. _notNumbers]);
        }
    }

    // What is finer or greater than anything that is kept equals nothing, and is a bound all the same.
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
            case ">:":
                Bound(number.Floor, _unbounded.Below);
                break;
            case ">=:":
                Bound(number.Ceiling - 1, _unbounded.Below);
                break;
            case "<:":
                Bound(_unbounded.Above, number.Ceiling);
                break;
            case "<=:":
                Bound(_unbounded.Above, number.Floor + 1);
                break;
            default:
                break;
        }
    }

    private void Bound(BigInteger above, BigInteger below)
    {
        (BigInteger Above, BigInteger Below) known = _bounds ?? _unbounded;
        _bounds = (BigInteger.Max(known.Above, above), BigInteger.Min(known.Below, below));
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
    }
}
