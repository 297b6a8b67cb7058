using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace TimeSeries.Hosting.Configuration;

/// <summary>The least and the greatest value of an option, written as in the configuration: <c>[ValueRange("1MiB", "1GiB")]</c>.</summary>
/// <param name="minimum">The least value.</param>
/// <param name="maximum">The greatest value; null when there is no bound.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValueRangeAttribute(string minimum, string? maximum = null) : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        string member = validationContext.MemberName!;
        TypeConverter converter = TypeDescriptor.GetProperties(validationContext.ObjectType)[member]!.Converter;
        bool isValid = value is not IComparable found
            || (found.CompareTo(converter.ConvertFromInvariantString(minimum)) >= 0
                && (maximum is null || found.CompareTo(converter.ConvertFromInvariantString(maximum)) <= 0));
        return isValid
            ? ValidationResult.Success
            : validationContext.Error(member, maximum is null ? $"must be at least {minimum}" : $"must be from {minimum} to {maximum}", separator: " ");
    }
}

/// <summary>The option must have a value.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredValueAttribute : RequiredAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        IsValid(value) ? ValidationResult.Success : new ValidationResult($"{validationContext.KeyOf(validationContext.MemberName!)}: is required.");
}
