"""Small Python functions: a fixed list, each asked for in several words."""

import random

from ..example import Example
from ..split import choose

# The ways to say what it does (imperative) | signature | body, lines split by ";".
FUNCTIONS = """
add two numbers/return the sum of two numbers/sum two numbers|add(a, b)|return a + b
subtract two numbers/subtract one number from another|subtract(a, b)|return a - b
multiply two numbers/return the product of two numbers|multiply(a, b)|return a * b
divide two numbers/divide one number by another|divide(a, b)|return a / b
return the larger of two numbers/find the maximum of two numbers|maximum(a, b)|return max(a, b)
return the smaller of two numbers/find the minimum of two numbers|minimum(a, b)|return min(a, b)
find the largest number in a list/return the maximum of a list/find the max of a list|largest(numbers)|return max(numbers)
find the smallest number in a list/return the minimum of a list|smallest(numbers)|return min(numbers)
reverse a string/return a string reversed|reverse_string(text)|return text[::-1]
reverse a list/return a list in reverse order|reverse_list(items)|return items[::-1]
check if a number is even/test whether a number is even|is_even(number)|return number % 2 == 0
check if a number is odd/test whether a number is odd|is_odd(number)|return number % 2 == 1
check if a number is prime/test whether a number is prime|is_prime(number)|return number > 1 and all(number % i for i in range(2, int(number ** 0.5) + 1))
check if a string is a palindrome/test whether a word is a palindrome|is_palindrome(text)|return text == text[::-1]
count the vowels in a string/count vowels|count_vowels(text)|return sum(letter in "aeiou" for letter in text.lower())
sum a list of numbers/add up all numbers in a list/return the sum of a list|sum_list(numbers)|return sum(numbers)
return the average of a list/compute the mean of a list of numbers/calculate the average of a list|average(numbers)|return sum(numbers) / len(numbers)
square a number/return the square of a number|square(number)|return number * number
compute the factorial of a number/calculate a factorial|factorial(number)|return 1 if number < 2 else number * factorial(number - 1)
compute the nth Fibonacci number/calculate Fibonacci numbers|fibonacci(n)|return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
return the length of a string/count the characters in a string|length(text)|return len(text)
convert a string to uppercase/make a string uppercase|to_upper(text)|return text.upper()
convert a string to lowercase/make a string lowercase|to_lower(text)|return text.lower()
sort a list/sort a list of numbers/return a list in sorted order|sort_list(items)|return sorted(items)
sort a list in descending order/sort a list from largest to smallest|sort_descending(items)|return sorted(items, reverse=True)
remove duplicates from a list/return the unique items of a list|unique(items)|return list(dict.fromkeys(items))
count the words in a string/count words in a text|count_words(text)|return len(text.split())
return the absolute value of a number/compute the absolute value|absolute(number)|return abs(number)
greet a person by name/say hello to a name|greet(name)|return "Hello, " + name + "!"
convert Celsius to Fahrenheit/turn Celsius into Fahrenheit|to_fahrenheit(celsius)|return celsius * 9 / 5 + 32
convert Fahrenheit to Celsius/turn Fahrenheit into Celsius|to_celsius(fahrenheit)|return (fahrenheit - 32) * 5 / 9
return the area of a circle/compute the area of a circle|circle_area(radius)|return 3.141592653589793 * radius ** 2
return the area of a rectangle/compute the area of a rectangle|rectangle_area(width, height)|return width * height
print hello world/print "Hello, world!"/say hello world|hello()|print("Hello, world!")
print the numbers from 1 to 10/count from 1 to 10|count_to_ten()|for number in range(1, 11):;    print(number)
return the first item of a list/get the first element of a list|first(items)|return items[0]
return the last item of a list/get the last element of a list|last(items)|return items[-1]
join a list of words into a sentence/join strings with spaces|join_words(words)|return " ".join(words)
split a sentence into words/split a string into words|split_words(text)|return text.split()
check if a list is empty/test whether a list is empty|is_empty(items)|return len(items) == 0
keep only the even numbers of a list/filter the even numbers from a list|even_numbers(numbers)|return [number for number in numbers if number % 2 == 0]
double every number in a list/multiply every number in a list by two|double_all(numbers)|return [number * 2 for number in numbers]
swap two values/swap two variables|swap(a, b)|return b, a
compute the power of a number/raise a number to a power|power(base, exponent)|return base ** exponent
generate a random number from 1 to 10/return a random number|random_number()|import random;return random.randint(1, 10)
read a text file/read a file and return its text|read_file(path)|with open(path) as file:;    return file.read()
compute the greatest common divisor of two numbers/find the GCD of two numbers|gcd(a, b)|return a if b == 0 else gcd(b, a % b)
solve FizzBuzz/play FizzBuzz up to n|fizzbuzz(n)|for i in range(1, n + 1):;    print("Fizz" * (i % 3 == 0) + "Buzz" * (i % 5 == 0) or i)
""".strip().splitlines()

# {does} is third person ("adds two numbers"), {do} the imperative.
TEMPLATES = """Write a Python function that {does}.|Write a function in Python that {does}.|Python function that {does}:|Please write a Python function that {does}.
Create a Python function which {does}.|Can you write a Python function that {does}?|# Python function that {does}|Write code that {does} in Python.
Write Python code to: {do}|Write Python code to {do}.|Write a Python function to {do}.|Python code to {do}|Show me Python code to {do}.|How do I {do} in Python?
Write a Python program to {do}.|Give me a Python function to {do}.|Implement a Python function that {does}.|Python: {do}|I need Python code to {do}.
def in Python to {do}|Write a short Python script to {do}.|Code a Python function to {do}|In Python, {do}.|How can I {do} using Python?|Python snippet: {do}
Could you write Python code that {does}?|Write code in Python to {do}|Define a Python function that {does}.|Help me {do} in Python.|Task: {do} (Python)
Write a Python method that {does}.|Please give me Python code that {does}.|Generate Python code to {do}.|Write me a python function to {do}|python code that {does}""".replace("\n", "|").split("|")


def third_person(task: str) -> str:
    verb, rest = task.split(" ", 1)
    return f"{verb}{'es' if verb.endswith(('s', 'sh', 'ch', 'x')) else 's'} {rest}"


def answer_of(function: str) -> tuple[list[str], str]:
    """The ways to ask for a function of the list, and its source text."""
    tasks, signature, body = function.split("|")
    return tasks.split("/"), f"def {signature}:\n" + "\n".join("    " + line for line in body.split(";"))


def code(rng: random.Random, held_out: bool) -> Example:
    tasks, source = answer_of(rng.choice(FUNCTIONS))
    task = rng.choice(tasks)
    prompt = choose(rng, TEMPLATES, held_out).format(do=task, does=third_person(task))
    return Example("code", prompt, source, line_break=True)
