using System.ComponentModel.DataAnnotations;

namespace TimeSeries.Hosting.Configuration;

/// <summary>The option must have a value.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredValueAttribute : RequiredAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        IsValid(value) ? ValidationResult.Success : new ValidationResult($"{validationContext.KeyOf(validationContext.MemberName!)}: is required.");
}
