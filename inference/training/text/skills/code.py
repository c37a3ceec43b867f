"""Small Python functions: a fixed list, each requested in several wordings."""

import random

from ..example import Example
from ..split import choose
from ..templates import templates
from ..lexicon import plural

# Wordings of what it does (imperative) | signature | body, with lines separated by ";".
FUNCTIONS = """
add two numbers/return the sum of two numbers/sum two numbers/calculate the sum of two numbers/add two integers/compute a plus b|add(a, b)|return a + b
subtract two numbers/return the difference of two numbers/subtract one number from another|subtract(a, b)|return a - b
multiply two numbers/multiply two integers/compute the product of two numbers/return the product of two numbers|multiply(a, b)|return a * b
divide two numbers/return the quotient of two numbers/divide one number by another|divide(a, b)|return a / b
return the larger of two numbers/find the maximum of two numbers/find the larger of two numbers/get the bigger of two numbers|maximum(a, b)|return max(a, b)
return the smaller of two numbers/find the minimum of two numbers/find the smaller of two numbers/get the lesser of two numbers|minimum(a, b)|return min(a, b)
find the largest number in a list/return the maximum of a list/find the max of a list/get the largest element of a list/return the biggest number in a list|largest(numbers)|return max(numbers)
find the smallest number in a list/return the minimum of a list/get the smallest element of a list/find the min of a list|smallest(numbers)|return min(numbers)
reverse a string/return a string reversed/reverse a word/turn a string around/reverse the given string|reverse_string(text)|return text[::-1]
reverse a list/return a list in reverse order/reverse the order of a list/turn a list around|reverse_list(items)|return items[::-1]
check if a number is even/test whether a number is even/return true if a number is even/determine if a number is even/tell whether a number is even|is_even(number)|return number % 2 == 0
check if a number is odd/test whether a number is odd/return true if a number is odd/determine if a number is odd|is_odd(number)|return number % 2 == 1
check if a number is prime/test whether a number is prime/return true if a number is prime/determine if a number is prime/tell if an integer is prime|is_prime(number)|return number > 1 and all(number % i for i in range(2, int(number ** 0.5) + 1))
check if a string is a palindrome/test whether a word is a palindrome/test whether a string is a palindrome/determine if a word is a palindrome|is_palindrome(text)|return text == text[::-1]
count the vowels in a string/count vowels/return the number of vowels in a string/count the vowels of a word|count_vowels(text)|return sum(letter in "aeiou" for letter in text.lower())
sum a list of numbers/add up all numbers in a list/return the sum of a list/add the numbers in a list/compute the sum of a list of numbers/sum up a list/total a list of numbers|sum_list(numbers)|return sum(numbers)
return the average of a list/compute the mean of a list of numbers/calculate the average of a list/find the average of a list of numbers/find the mean of a list|average(numbers)|return sum(numbers) / len(numbers)
square a number/return the square of a number/calculate the square of a number/compute the square of a number|square(number)|return number * number
compute the factorial of a number/calculate a factorial/return the factorial of n/find the factorial of a number|factorial(number)|return 1 if number < 2 else number * factorial(number - 1)
compute the nth Fibonacci number/calculate Fibonacci numbers/return the nth Fibonacci number/generate Fibonacci numbers/find a Fibonacci number|fibonacci(n)|return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
return the length of a string/count the characters in a string/get the length of a string/find the length of a word/count the letters in a word|length(text)|return len(text)
convert a string to uppercase/make a string uppercase/turn a string into uppercase/return a string in capital letters/change text to uppercase|to_upper(text)|return text.upper()
convert a string to lowercase/make a string lowercase/turn a string into lowercase/return a string in small letters/change text to lowercase|to_lower(text)|return text.lower()
sort a list/sort a list of numbers/return a list in sorted order/sort the items of a list/sort numbers/put a list in order|sort_list(items)|return sorted(items)
sort a list in descending order/sort a list from largest to smallest/sort a list backwards/sort numbers from high to low|sort_descending(items)|return sorted(items, reverse=True)
remove duplicates from a list/return the unique items of a list/drop duplicates from a list/delete repeated items from a list/get the unique values of a list|unique(items)|return list(dict.fromkeys(items))
count the words in a string/count words in a text/return the number of words in a string/count the words in a sentence|count_words(text)|return len(text.split())
return the absolute value of a number/compute the absolute value/get the absolute value of a number/find the absolute value of a number|absolute(number)|return abs(number)
greet a person by name/say hello to a name/greet a user by name/say hello to someone/return a greeting for a name|greet(name)|return "Hello, " + name + "!"
convert Celsius to Fahrenheit/turn Celsius into Fahrenheit/change Celsius to Fahrenheit/convert a temperature from Celsius to Fahrenheit|to_fahrenheit(celsius)|return celsius * 9 / 5 + 32
convert Fahrenheit to Celsius/turn Fahrenheit into Celsius/change Fahrenheit to Celsius/convert a temperature from Fahrenheit to Celsius|to_celsius(fahrenheit)|return (fahrenheit - 32) * 5 / 9
return the area of a circle/compute the area of a circle/calculate the area of a circle/find the area of a circle|circle_area(radius)|return 3.141592653589793 * radius ** 2
return the area of a rectangle/compute the area of a rectangle/calculate the area of a rectangle/find the area of a rectangle|rectangle_area(width, height)|return width * height
print hello world/print "Hello, world!"/say hello world/print "hello world"/display hello world|hello()|print("Hello, world!")
print the numbers from 1 to 10/count from 1 to 10/print numbers from one to ten/show the numbers 1 to 10|count_to_ten()|for number in range(1, 11):;    print(number)
return the first item of a list/get the first element of a list/take the first item of a list/return the first element|first(items)|return items[0]
return the last item of a list/get the last element of a list/take the last item of a list/return the last element|last(items)|return items[-1]
join a list of words into a sentence/join strings with spaces/combine words into a sentence/join the words of a list|join_words(words)|return " ".join(words)
split a sentence into words/split a string into words/get the words of a sentence/split text by spaces|split_words(text)|return text.split()
check if a list is empty/test whether a list is empty/return true if a list is empty/determine if a list is empty|is_empty(items)|return len(items) == 0
keep only the even numbers of a list/filter the even numbers from a list/return the even numbers in a list/get all even numbers from a list|even_numbers(numbers)|return [number for number in numbers if number % 2 == 0]
double every number in a list/multiply every number in a list by two/double the numbers in a list/double each number of a list|double_all(numbers)|return [number * 2 for number in numbers]
swap two values/swap two variables/exchange two values/swap a and b|swap(a, b)|return b, a
compute the power of a number/raise a number to a power/calculate the power of a number/compute a to the power of b|power(base, exponent)|return base ** exponent
generate a random number from 1 to 10/return a random number/pick a random number from 1 to 10/choose a random number between 1 and 10|random_number()|import random;return random.randint(1, 10)
read a text file/read a file and return its text/open a file and read it/return the content of a file/load a text file|read_file(path)|with open(path) as file:;    return file.read()
compute the greatest common divisor of two numbers/find the GCD of two numbers/calculate the greatest common divisor/find the greatest common divisor of two numbers/return the gcd of two numbers|gcd(a, b)|return a if b == 0 else gcd(b, a % b)
solve FizzBuzz/play FizzBuzz up to n/print FizzBuzz/implement FizzBuzz/print FizzBuzz up to n|fizzbuzz(n)|for i in range(1, n + 1):;    print("Fizz" * (i % 3 == 0) + "Buzz" * (i % 5 == 0) or i)
""".strip().splitlines()

# {does} is the third person ("adds two numbers"), {do} is the imperative.
TEMPLATES = templates("""Write a Python function that {does}.|Write a function in Python that {does}.|Python function that {does}:|Please write a Python function that {does}.
Create a Python function which {does}.|Can you write a Python function that {does}?|# Python function that {does}|Write code that {does} in Python.
Write Python code to: {do}|Write Python code to {do}.|Write a Python function to {do}.|Python code to {do}|Show me Python code to {do}.|How do I {do} in Python?
Write a Python program to {do}.|Give me a Python function to {do}.|Implement a Python function that {does}.|Python: {do}|I need Python code to {do}.
def in Python to {do}|Write a short Python script to {do}.|Code a Python function to {do}|In Python, {do}.|How can I {do} using Python?|Python snippet: {do}
Could you write Python code that {does}?|Write code in Python to {do}|Define a Python function that {does}.|Help me {do} in Python.|Task: {do} (Python)
Write a Python method that {does}.|Please give me Python code that {does}.|Generate Python code to {do}.|Write me a python function to {do}|python code that {does}
Create Python code to {do}.|Create Python code which {does}.|A Python function to {do}, please.|A Python function which {does}|Make a Python function that {does}.
Make a function in Python to {do}.|Python script to {do}|Python script which {does}|How would you {do} in Python?|How to {do} in Python|What is the Python code to {do}?
I want to {do} in Python.|I want a Python function which {does}.|Using Python, {do}.|With Python, {do}|Show how to {do} in Python.|Please show me a Python function that {does}.
Develop a Python function to {do}.|Write simple Python code that {does}.|Write a small function which {does}, in Python.|Solve in Python: {do}|Complete the task in Python: {do}
Language: Python\\nTask: {do}|Write the Python code that {does}.|Give me code that {does} (Python).|Python function: {do}|Python exercise: {do}|"{do}" in Python|Python. {do}.
Could you show me how to {do} in Python?|Can you {do} in Python?|Please {do} in Python.|Let's write a Python function that {does}.|Need a Python function which {does}
Write a def that {does} in Python.|Define a function to {do} in Python.|Implement in Python: {do}|Implement Python code which {does}.|Here is a Python function that {does}:""")


def third_person(task: str) -> str:
    verb, rest = task.split(" ", 1)
    return f"{plural(verb)} {rest}"


def answer_of(function: str) -> tuple[list[str], str]:
    """Wordings of a request for a listed function, and its source code."""
    tasks, signature, body = function.split("|")
    return tasks.split("/"), f"def {signature}:\n" + "\n".join("    " + line for line in body.split(";"))


def code(rng: random.Random, held_out: bool) -> Example:
    tasks, source = answer_of(rng.choice(FUNCTIONS))
    task = rng.choice(tasks)
    prompt = choose(rng, TEMPLATES, held_out).format(do=task, does=third_person(task))
    return Example("code", prompt, source, line_break=True)
